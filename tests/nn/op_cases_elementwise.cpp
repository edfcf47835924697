// Cases of ops_elementwise.cpp.
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen::nn {
namespace {

Var raised(const Var& x) {
  return add(x, Var(Tensor(Shape{}, std::vector<float>{0.1f}, x.value().device())));
}

}  // namespace

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
    // Apart, so that a finite difference does not change the choice.
    const auto choice = [&](const char* op, char sign, Var (*run)(const Var&, const Var&)) {
      cases.push_back({std::string(op) + "_" + name,
                       {a, b},
                       [run](const Vars& v) { return run(v[0], raised(v[1])); },
                       [=](const Values& v) {
                         const Doubles other = oracle_map(v[1], [](double x) { return x + 0.1f; });
                         return oracle_broadcast(sign, v[0], other, outer, axis, inner);
                       }});
    };
    choice("maximum", '>', maximum);
    choice("minimum", '<', minimum);
    // By e^b, which is never near zero.
    cases.push_back({"divide_" + name,
                     {a, b},
                     [](const Vars& v) { return divide(v[0], exp(v[1])); },
                     [=](const Values& v) {
                       const Doubles factor =
                           oracle_map(v[1], [](double x) { return std::exp(-x); });
                       return oracle_broadcast('*', v[0], factor, outer, axis, inner);
                     }});
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

  cases.push_back(
      {"scale",
       {{5, 3}},
       [](const Vars& v) { return scale(v[0], -2.5f); },
       [](const Values& v) { return oracle_map(v[0], [](double x) { return -2.5 * x; }); }});
}

}  // namespace tengen::nn
