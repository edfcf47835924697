// Cases of ops_activation.cpp.
#include "tests/nn/op_cases.h"

#include <cmath>
#include <tuple>

namespace tengen::nn {
namespace {

double softplus_of(double x) { return std::log(1.0 + std::exp(x)); }
double gelu_of(double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace

void add_activations(std::vector<OpCase>& cases) {
  using Function = std::function<Var(const Var&)>;
  const auto map = [&](const std::string& name, Function run, double (*oracle)(double)) {
    for (const Shape& shape : {Shape{9, 7}, Shape{33, 1001}})
      cases.push_back({name + (shape.size() < 100 ? "" : "_big"),
                       {shape},
                       [run](const Vars& v) { return run(v[0]); },
                       [oracle](const Values& v) { return oracle_map(v[0], oracle); },
                       100,
                       shape.size() < 100});
  };
  map("relu", relu, [](double x) { return std::max(x, 0.0); });
  map("tanh", tanh, [](double x) { return std::tanh(x); });
  map("sigmoid", sigmoid, sigmoid_of);
  map("square", square, [](double x) { return x * x; });
  map("abs", abs, [](double x) { return std::abs(x); });
  map("exp", exp, [](double x) { return std::exp(x); });
  map("softplus", softplus, softplus_of);
  map("gelu", gelu, gelu_of);
  map("silu", silu, [](double x) { return x * sigmoid_of(x); });
  map("mish", mish, [](double x) { return x * std::tanh(softplus_of(x)); });
  map(
      "leaky_relu", [](const Var& x) { return leaky_relu(x, 0.125f); },
      [](double x) { return x > 0.0 ? x : 0.125 * x; });
  map(
      "elu", [](const Var& x) { return elu(x, 1.5f); },
      [](double x) { return x > 0.0 ? x : 1.5 * (std::exp(x) - 1.0); });
  // Where they are defined: x^2 + 1 / 2 and its root.
  const auto raised = [](const Var& x) {
    return add(square(x), Var(Tensor(Shape{}, std::vector<float>{0.5f}, x.value().device())));
  };
  map(
      "log", [raised](const Var& x) { return log(raised(x)); },
      [](double x) { return std::log(x * x + 0.5); });
  map(
      "sqrt", [raised](const Var& x) { return sqrt(raised(x)); },
      [](double x) { return std::sqrt(x * x + 0.5); });
  // Far from zero, where exponentials overflow or vanish; too steep or flat for differences.
  for (auto [name, run, oracle] :
       {std::tuple<const char*, Var (*)(const Var&), double (*)(double)>{
            "tanh_far", tanh, [](double x) { return std::tanh(60.0 * x); }},
        {"sigmoid_far", sigmoid, [](double x) { return sigmoid_of(60.0 * x); }},
        {"gelu_far", gelu, [](double x) { return gelu_of(60.0 * x); }}})
    cases.push_back({name,
                     {{40, 3}},
                     [run](const Vars& v) { return run(scale(v[0], 60.0f)); },
                     [oracle](const Values& v) { return oracle_map(v[0], oracle); },
                     100,
                     false});
  for (float p : {0.0f, 0.3f})
    for (const Shape& shape : {Shape{3, 5}, Shape{70, 601}})
      cases.push_back({"dropout_" + std::to_string(int(10 * p)) + sizes_of(shape),
                       {shape},
                       [p](const Vars& v) {
                         Rng rng(5, 6);
                         return dropout(v[0], p, rng);
                       },
                       {},
                       100,
                       shape.size() < 100});
}

}  // namespace tengen::nn
