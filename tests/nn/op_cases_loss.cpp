// Cases of ops_loss.cpp.
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen::nn {
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

}  // namespace tengen::nn
