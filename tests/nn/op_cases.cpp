#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/base/rng.h"

namespace tengen::nn {
namespace {

using Vars = std::vector<Var>;
using Values = std::vector<Doubles>;

// "_3_4" for [3,4]: names of tests are made of letters, digits and underscores.
std::string sizes_of(const Shape& shape) {
  std::string text;
  for (int64_t dim : shape.dims()) text.append("_").append(std::to_string(dim));
  return text;
}

double sigmoid_of(double x) { return 1.0 / (1.0 + std::exp(-x)); }

void add_elementwise(std::vector<OpCase>& cases) {
  const auto broadcast = [&](const std::string& name, Shape a, Shape b, int64_t outer, int64_t axis,
                             int64_t inner) {
    const auto all = [&](const char* op, char sign, Var (*run)(const Var&, const Var&)) {
      cases.push_back({std::string(op) + "_" + name,
                       {a, b},
                       [run](const Vars& v) { return run(v[0], v[1]); },
                       [=](const Values& v) {
                         return oracle_broadcast(sign, v[0], v[1], outer, axis, inner);
                       }});
    };
    all("add", '+', add);
    all("subtract", '-', subtract);
    all("multiply", '*', multiply);
  };
  broadcast("same", {3, 5}, {3, 5}, 1, 1, 15);
  broadcast("scalar", {7}, Shape{}, 1, 7, 1);
  broadcast("bias", {2, 3, 5}, {5}, 1, 6, 5);
  broadcast("suffix", {2, 3, 5}, {3, 5}, 1, 2, 15);
  broadcast("prefix", {4, 3, 2}, {4}, 4, 6, 1);
  broadcast("image", {3, 2, 2, 5}, {3, 5}, 3, 4, 5);
  broadcast("square_image", {2, 2, 2, 2}, {2, 2}, 2, 4, 2);
  cases.push_back({"add_big",
                   {{70, 81, 17}, {70, 81, 17}},
                   [](const Vars& v) { return add(v[0], v[1]); },
                   {},
                   100,
                   false});
  cases.push_back({"add_image_big",
                   {{20, 9, 9, 33}, {20, 33}},
                   [](const Vars& v) { return add(v[0], v[1]); },
                   {},
                   100,
                   false});

  const auto map = [&](const std::string& name, Var (*run)(const Var&), double (*oracle)(double)) {
    cases.push_back({name,
                     {{9, 7}},
                     [run](const Vars& v) { return run(v[0]); },
                     [oracle](const Values& v) { return oracle_map(v[0], oracle); }});
    cases.push_back({name + "_big",
                     {{33, 1001}},
                     [run](const Vars& v) { return run(v[0]); },
                     [oracle](const Values& v) { return oracle_map(v[0], oracle); },
                     100,
                     false});
  };
  map("relu", relu, [](double x) { return std::max(x, 0.0); });
  map("tanh", tanh, [](double x) { return std::tanh(x); });
  map("sigmoid", sigmoid, sigmoid_of);
  map("square", square, [](double x) { return x * x; });
  cases.push_back(
      {"scale",
       {{5, 3}},
       [](const Vars& v) { return scale(v[0], -2.5f); },
       [](const Values& v) { return oracle_map(v[0], [](double x) { return -2.5 * x; }); }});
}

void add_products(std::vector<OpCase>& cases) {
  const auto product = [&](int64_t m, int64_t k, int64_t n) {
    const std::string size = sizes_of({m, k, n});
    const auto oracle = [=](const Values& v) { return oracle_matmul(v[0], v[1], m, k, n); };
    const bool numeric = m * k + k * n < 1000;
    cases.push_back({"matmul" + size,
                     {{m, k}, {k, n}},
                     [](const Vars& v) { return matmul(v[0], v[1]); },
                     oracle,
                     100,
                     numeric});
    cases.push_back(
        {"linear" + size,
         {{m, k}, {k, n}, {n}},
         [](const Vars& v) { return linear(v[0], v[1], v[2]); },
         [=](const Values& v) { return oracle_broadcast('+', oracle(v), v[2], 1, m, n); },
         100,
         numeric});
  };
  product(1, 1, 1);
  product(3, 4, 5);
  product(1, 17, 9);
  product(13, 1, 6);
  product(67, 130, 71);
  product(1, 200, 82);
  product(130, 33, 1);
  cases.push_back({"linear_without_bias_of_images",
                   {{2, 2, 3, 4}, {4, 5}},
                   [](const Vars& v) { return linear(v[0], v[1], Var()); },
                   [](const Values& v) { return oracle_matmul(v[0], v[1], 12, 4, 5); }});
}

void add_convolutions(std::vector<OpCase>& cases) {
  const auto convolution = [&](Shape x, Shape w, int64_t stride, int64_t padding, bool bias) {
    const std::string name = "conv2d" + sizes_of(x) + "_by" + sizes_of(w) + "_stride_padding" +
                             sizes_of({stride, padding});
    std::vector<Shape> inputs{x, w};
    if (bias) inputs.push_back({w[3]});
    cases.push_back({name, inputs,
                     [=](const Vars& v) {
                       return conv2d(v[0], v[1], bias ? v[2] : Var(), {stride, padding});
                     },
                     [=](const Values& v) {
                       return oracle_conv2d(v[0], x, v[1], w, bias ? v[2] : Doubles(), stride,
                                            padding);
                     },
                     100, x.size() < 200});
  };
  convolution({1, 1, 1, 1}, {1, 1, 1, 1}, 1, 0, true);
  convolution({2, 3, 3, 2}, {3, 3, 2, 3}, 1, 1, true);
  convolution({1, 5, 4, 3}, {3, 3, 3, 2}, 1, 0, false);
  convolution({2, 5, 7, 2}, {3, 3, 2, 3}, 2, 1, true);
  convolution({1, 6, 6, 2}, {5, 3, 2, 2}, 1, 2, false);
  convolution({2, 4, 4, 3}, {1, 1, 3, 5}, 1, 0, true);
  convolution({1, 4, 4, 2}, {2, 2, 2, 3}, 2, 0, true);
  convolution({1, 7, 7, 17}, {3, 3, 17, 20}, 1, 1, true);
  convolution({5, 9, 9, 17}, {3, 3, 17, 64}, 1, 1, false);
  convolution({3, 9, 9, 64}, {3, 3, 64, 64}, 1, 1, false);
  convolution({2, 19, 19, 32}, {3, 3, 32, 48}, 1, 1, true);
  convolution({2, 13, 11, 16}, {3, 3, 16, 16}, 1, 1, false);
  convolution({3, 9, 9, 64}, {1, 1, 64, 33}, 1, 0, true);
  convolution({2, 12, 12, 8}, {5, 5, 8, 24}, 1, 0, true);
  convolution({2, 10, 10, 16}, {3, 3, 16, 24}, 2, 1, false);
}

void add_shapes_and_reductions(std::vector<OpCase>& cases) {
  const auto same = [](const Values& v) { return v[0]; };
  cases.push_back({"reshape", {{2, 6}}, [](const Vars& v) { return reshape(v[0], {3, 4}); }, same});
  cases.push_back({"concat_rows",
                   {{2, 3}, {1, 3}},
                   [](const Vars& v) { return concat(v, 0); },
                   [](const Values& v) {
                     Doubles y = v[0];
                     y.insert(y.end(), v[1].begin(), v[1].end());
                     return y;
                   }});
  cases.push_back({"concat_columns",
                   {{2, 2}, {2, 1}, {2, 3}},
                   [](const Vars& v) { return concat(v, -1); },
                   [](const Values& v) {
                     return Doubles{v[0][0], v[0][1], v[1][0], v[2][0], v[2][1], v[2][2],
                                    v[0][2], v[0][3], v[1][1], v[2][3], v[2][4], v[2][5]};
                   }});
  cases.push_back({"slice_columns",
                   {{2, 4}},
                   [](const Vars& v) { return slice(v[0], 1, 1, 3); },
                   [](const Values& v) {
                     return Doubles{v[0][1], v[0][2], v[0][5], v[0][6]};
                   }});
  cases.push_back({"slice_middle_axis",
                   {{2, 3, 2}},
                   [](const Vars& v) { return slice(v[0], -2, 2, 3); },
                   [](const Values& v) {
                     return Doubles{v[0][4], v[0][5], v[0][10], v[0][11]};
                   }});
  const auto total = [](const Values& v) {
    double sum = 0.0;
    for (double value : v[0]) sum += value;
    return Doubles{sum};
  };
  cases.push_back(
      {"sum_of_squares_big",
       {{40009}},
       [](const Vars& v) { return sum(square(v[0])); },
       [=](const Values& v) { return total({oracle_map(v[0], [](double x) { return x * x; })}); },
       100,
       false});
  cases.push_back({"sum", {{3, 4, 5}}, [](const Vars& v) { return sum(v[0]); }, total});
  cases.push_back({"mean",
                   {{3, 4, 5}},
                   [](const Vars& v) { return mean(v[0]); },
                   [=](const Values& v) { return Doubles{total(v)[0] / 60.0}; }});
  for (const Shape& shape : {Shape{2, 3, 2, 5}, Shape{1, 1, 1, 1}, Shape{3, 9, 9, 37}}) {
    const std::string size = sizes_of(shape);
    cases.push_back({"global_mean_pool" + size,
                     {shape},
                     [](const Vars& v) { return global_mean_pool(v[0]); },
                     [=](const Values& v) { return oracle_pool(false, v[0], shape); },
                     100,
                     shape.size() < 100});
    cases.push_back({"global_max_pool" + size,
                     {shape},
                     [](const Vars& v) { return global_max_pool(v[0]); },
                     [=](const Values& v) { return oracle_pool(true, v[0], shape); },
                     100,
                     shape.size() < 100});
  }
}

Doubles relu_of(Doubles y, const Doubles& residual) {
  for (size_t i = 0; i < y.size(); ++i)
    y[i] = std::max(0.0, y[i] + (residual.empty() ? 0.0 : residual[i]));
  return y;
}

void add_batch_norms(std::vector<OpCase>& cases, const Shape& shape) {
  constexpr float kEpsilon = 1e-3f;
  const Shape channels{shape[-1]};
  const auto add = [&](const std::string& name, std::vector<Shape> inputs,
                       std::function<Var(const Vars&)> run,
                       std::function<Doubles(const Values&)> oracle, int differentiable) {
    cases.push_back({name + sizes_of(shape), std::move(inputs), std::move(run), std::move(oracle),
                     differentiable, shape.size() < 100});
  };
  const auto normed = [](const Values& v) { return oracle_batch_norm(v[0], v[1], v[2], kEpsilon); };
  add(
      "batch_norm_train", {shape, channels, channels},
      [](const Vars& v) { return batch_norm_train(v[0], v[1], v[2], kEpsilon, nullptr, nullptr); },
      normed, 3);
  add(
      "batch_norm_relu_train", {shape, channels, channels},
      [](const Vars& v) {
        return batch_norm_relu_train(v[0], v[1], v[2], Var(), kEpsilon, nullptr, nullptr);
      },
      [=](const Values& v) { return relu_of(normed(v), {}); }, 3);
  add(
      "batch_norm_relu_train_residual", {shape, channels, channels, shape},
      [](const Vars& v) {
        return batch_norm_relu_train(v[0], v[1], v[2], v[3], kEpsilon, nullptr, nullptr);
      },
      [=](const Values& v) { return relu_of(normed(v), v[3]); }, 4);
  add(
      "batch_norm_infer", {shape, channels, channels, channels, channels},
      [](const Vars& v) {
        return batch_norm_infer(v[0], v[1], v[2], v[3].value(), square(v[4]).value(), kEpsilon);
      },
      [](const Values& v) {
        Doubles y = v[0];
        for (size_t i = 0; i < y.size(); ++i) {
          const size_t c = i % v[1].size();
          y[i] = (y[i] - v[3][c]) / std::sqrt(v[4][c] * v[4][c] + kEpsilon) * v[1][c] + v[2][c];
        }
        return y;
      },
      3);
}

void add_norms(std::vector<OpCase>& cases) {
  for (const Shape& shape : {Shape{4, 3}, Shape{2, 2, 3, 5}, Shape{3, 9, 9, 70}})
    add_batch_norms(cases, shape);
  for (const Shape& shape : {Shape{3, 5}, Shape{2, 1}, Shape{2, 3, 4}, Shape{50, 82}})
    cases.push_back({"log_softmax" + sizes_of(shape),
                     {shape},
                     [](const Vars& v) { return log_softmax(v[0]); },
                     [=](const Values& v) { return oracle_log_softmax(v[0], shape[-1]); },
                     100,
                     shape.size() < 100});
}

void add_losses(std::vector<OpCase>& cases) {
  using Loss = Var (*)(const Var&, const Tensor&, const Tensor&);
  const auto loss =
      [&](const std::string& name, Shape shape, Loss run,
          std::function<Doubles(const Doubles&, const Doubles&, const Doubles&)> oracle) {
        const std::string size = sizes_of(shape);
        const bool numeric = shape.size() < 100;
        cases.push_back({name + size,
                         {shape, shape},
                         [run](const Vars& v) { return run(v[0], v[1].value(), Tensor()); },
                         [=](const Values& v) { return oracle(v[0], v[1], {}); },
                         1,
                         numeric});
        cases.push_back({name + "_weighted" + size,
                         {shape, shape, {shape[0]}},
                         [run](const Vars& v) { return run(v[0], v[1].value(), v[2].value()); },
                         [=](const Values& v) { return oracle(v[0], v[1], v[2]); },
                         1,
                         numeric});
      };
  for (const Shape& shape : {Shape{3, 5}, Shape{4, 1}, Shape{40, 82}}) {
    const double rows = static_cast<double>(shape[0]), all = static_cast<double>(shape.size());
    const int64_t columns = shape[1];
    loss("cross_entropy", shape, cross_entropy,
         [=](const Doubles& x, const Doubles& t, const Doubles& w) {
           return oracle_loss(oracle_log_softmax(x, columns), t, w, rows,
                              [](double log_p, double target) { return -target * log_p; });
         });
    loss("binary_cross_entropy", shape, binary_cross_entropy_with_logits,
         [=](const Doubles& x, const Doubles& t, const Doubles& w) {
           return oracle_loss(x, t, w, all, [](double logit, double target) {
             const double p = sigmoid_of(logit);
             return -target * std::log(p) - (1.0 - target) * std::log(1.0 - p);
           });
         });
    loss("mse", shape, mse_loss, [=](const Doubles& x, const Doubles& t, const Doubles& w) {
      return oracle_loss(x, t, w, all, [](double a, double b) { return (a - b) * (a - b); });
    });
    loss(
        "huber", shape,
        [](const Var& x, const Tensor& t, const Tensor& w) { return huber_loss(x, t, 0.7f, w); },
        [=](const Doubles& x, const Doubles& t, const Doubles& w) {
          return oracle_loss(x, t, w, all, [](double a, double b) {
            const double d = std::abs(a - b), delta = 0.7f;
            return d <= delta ? d * d / 2.0 : delta * (d - delta / 2.0);
          });
        });
  }
}

}  // namespace

std::vector<float> spread_values(int64_t size, uint64_t stream) {
  Rng rng(7, stream);
  std::vector<float> values(size);
  for (int64_t i = 0; i < size; ++i) {
    values[i] = static_cast<float>(4.0 * (i + 0.3) / static_cast<double>(size) - 2.0);
    std::swap(values[i], values[rng.below(static_cast<uint32_t>(i + 1))]);
  }
  return values;
}

std::vector<OpCase> op_cases() {
  std::vector<OpCase> cases;
  add_elementwise(cases);
  add_products(cases);
  add_convolutions(cases);
  add_shapes_and_reductions(cases);
  add_norms(cases);
  add_losses(cases);
  return cases;
}

}  // namespace tengen::nn
