// Cases of ops_shape.cpp and ops_reduce.cpp.
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen::nn {
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

}  // namespace tengen::nn
