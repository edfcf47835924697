// The regressions by gradient descent, with the library's operations and optimiser.
#include <functional>

#include "nn/classics/checked_data.h"
#include "nn/classics/linear_model.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"

namespace tengen::nn {
namespace {

// `loss` is the mean over the elements of y; so is `penalty` times the sum of squared weights.
LinearModel descend(const Tensor& x, const Tensor& y, float penalty,
                    const std::function<Var(const Var& prediction)>& loss,
                    const DescentOptions& options) {
  CHECK(options.steps > 0);
  const int64_t in = x.shape()[1], out = y.shape()[1];
  const Var weight(Tensor({in, out}), true), bias(Tensor({out}), true);
  const auto sgd = make_sgd({{"weight", weight, true}, {"bias", bias, false}},
                            {.momentum = options.momentum, .nesterov = true, .weight_decay = 0.0f});
  const float share = penalty / static_cast<float>(y.size());
  for (int64_t step = 0; step < options.steps; ++step) {
    sgd->zero_grad();
    backward(add(loss(linear(Var(x), weight, bias)), scale(sum(square(weight)), share)));
    sgd->step(options.learning_rate);
  }
  return {weight.value().clone(), bias.value().clone()};
}

}  // namespace

LinearModel descend_linear(const Tensor& x, const Tensor& y, float ridge,
                           const DescentOptions& options) {
  check_regression_data(x, y);
  CHECK(ridge >= 0.0f);
  return descend(
      x, y, ridge, [&](const Var& prediction) { return mse_loss(prediction, y); }, options);
}

LinearModel descend_logistic(const Tensor& x, const Tensor& y, float ridge,
                             const DescentOptions& options) {
  check_binary_data(x, y);
  CHECK(ridge >= 0.0f);
  return descend(
      x, y, 0.5f * ridge,
      [&](const Var& logits) { return binary_cross_entropy_with_logits(logits, y); }, options);
}

}  // namespace tengen::nn
