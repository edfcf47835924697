// Cases of ops_index.cpp and of the reductions over an axis.
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>

namespace tengen::nn {
namespace {

Doubles oracle_permute(const Doubles& x, const Shape& shape, const Axes& axes) {
  Doubles y(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    std::vector<int64_t> at(shape.rank());
    int64_t rest = static_cast<int64_t>(i);
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      at[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    int64_t to = 0;
    for (int axis : axes) to = to * shape[axis] + at[axis];
    y[to] = x[i];
  }
  return y;
}

void add_permutations(std::vector<OpCase>& cases) {
  const auto permutation = [&](const Shape& shape, const Axes& axes) {
    std::string name = "permute" + sizes_of(shape) + "_to";
    for (int axis : axes) name.append("_").append(std::to_string(axis));
    cases.push_back({name,
                     {shape},
                     [=](const Vars& v) { return permute(v[0], axes); },
                     [=](const Values& v) { return oracle_permute(v[0], shape, axes); },
                     100,
                     shape.size() < 100});
  };
  permutation({3, 5}, {1, 0});
  permutation({2, 3, 4}, {0, 1, 2});
  permutation({2, 3, 4}, {2, 0, 1});
  permutation({2, 3, 2, 4}, {0, 2, 1, 3});
  permutation({2, 1, 3, 2, 2}, {4, 3, 0, 1, 2});
  permutation({130, 67}, {1, 0});
  permutation({5, 33, 4, 40}, {0, 2, 1, 3});
  permutation({5, 33, 4, 40}, {0, 2, 3, 1});
  permutation({9, 17, 11, 13}, {3, 1, 0, 2});
  cases.push_back({"transpose_first_and_last",
                   {{2, 3, 4}},
                   [](const Vars& v) { return transpose(v[0], 0, -1); },
                   [](const Values& v) {
                     return oracle_permute(v[0], {2, 3, 4}, {2, 1, 0});
                   }});
}

// Where each of `size` numbers comes from, some of them twice.
std::vector<float> some_indices(const Shape& shape, int64_t limit) {
  std::vector<float> values(shape.size());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i * i * 7 % static_cast<size_t>(limit));
  return values;
}

void add_gathers(std::vector<OpCase>& cases) {
  const auto chosen = [&](const Shape& x, const Shape& indices, int axis) {
    const std::vector<float> from = some_indices(indices, x[axis]);
    cases.push_back(
        {"gather" + sizes_of(x) + "_at" + sizes_of(indices) + "_axis_" + std::to_string(axis),
         {x},
         [=](const Vars& v) {
           return gather(v[0], Var(Tensor(indices, from, v[0].value().device())), axis);
         },
         [=](const Values& v) {
           int64_t outer = 1, inner = 1;
           for (int i = 0; i < axis; ++i) outer *= x[i];
           for (int i = axis + 1; i < x.rank(); ++i) inner *= x[i];
           Doubles y;
           for (int64_t o = 0; o < outer; ++o)
             for (float index : from)
               for (int64_t i = 0; i < inner; ++i)
                 y.push_back(v[0][(o * x[axis] + int64_t(index)) * inner + i]);
           return y;
         },
         100,
         x.size() < 100});
  };
  chosen({5, 3}, {4}, 0);
  chosen({5, 3}, {2, 4}, 0);
  chosen({3, 4, 2}, {5}, 1);
  chosen({2, 3}, Shape{}, 1);
  chosen({97, 33}, {61, 40}, 0);
  chosen({40, 50, 7}, {90}, 1);
}

void add_axis_reductions(std::vector<OpCase>& cases) {
  const auto reduction = [&](const std::string& name, const Shape& shape, int axis,
                             Var (*run)(const Var&, int),
                             std::function<double(const Doubles&)> oracle) {
    cases.push_back({name + sizes_of(shape) + "_axis_" + std::to_string(axis),
                     {shape},
                     [=](const Vars& v) { return run(v[0], axis); },
                     [=](const Values& v) {
                       int64_t inner = 1;
                       for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
                       const int64_t run = shape[axis] * inner;
                       Doubles y;
                       for (int64_t o = 0; o < shape.size() / run; ++o)
                         for (int64_t i = 0; i < inner; ++i) {
                           Doubles column;
                           for (int64_t a = 0; a < shape[axis]; ++a)
                             column.push_back(v[0][o * run + a * inner + i]);
                           y.push_back(oracle(column));
                         }
                       return y;
                     },
                     100,
                     shape.size() < 100});
  };
  const auto total = [](const Doubles& x) {
    double sum = 0.0;
    for (double value : x) sum += value;
    return sum;
  };
  for (const Shape& shape : {Shape{3, 4, 5}, Shape{30, 41, 50}})
    for (int axis = 0; axis < 3; ++axis) {
      reduction("sum", shape, axis, sum, total);
      reduction("mean", shape, axis, mean,
                [total](const Doubles& x) { return total(x) / static_cast<double>(x.size()); });
      reduction("max", shape, axis, max,
                [](const Doubles& x) { return *std::max_element(x.begin(), x.end()); });
    }
}

}  // namespace

void add_moves(std::vector<OpCase>& cases) {
  add_permutations(cases);
  add_gathers(cases);
  add_axis_reductions(cases);
  cases.push_back({"split_columns_swapped",
                   {{2, 4}},
                   [](const Vars& v) {
                     const std::vector<Var> halves = split(v[0], 2, -1);
                     return concat({halves[1], halves[0]}, 1);
                   },
                   [](const Values& v) {
                     return Doubles{v[0][2], v[0][3], v[0][0], v[0][1],
                                    v[0][6], v[0][7], v[0][4], v[0][5]};
                   }});
  cases.push_back({"stack_in_the_middle",
                   {{2, 2}, {2, 2}},
                   [](const Vars& v) { return stack(v, 1); },
                   [](const Values& v) {
                     return Doubles{v[0][0], v[0][1], v[1][0], v[1][1],
                                    v[0][2], v[0][3], v[1][2], v[1][3]};
                   }});
}

}  // namespace tengen::nn
