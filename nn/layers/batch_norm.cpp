#include "nn/layers/batch_norm.h"

#include "nn/device.h"
#include "nn/layers/init.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

// average += share * (newest_factor * newest - average)
void move_towards(Tensor& average, const Tensor& newest, float share, float newest_factor) {
  Device& device = average.device();
  device.repeat_axis(1, 1, average.size(), 1.0f - share, average.data(), average.data());
  device.axpy(average.size(), share * newest_factor, newest.data(), average.data());
}

}  // namespace

BatchNorm::BatchNorm(int64_t channels, const BatchNormOptions& options)
    : channels_(channels),
      options_(options),
      gamma_(add_parameter("weight", filled({channels}, 1.0f), false)),
      beta_(add_parameter("bias", Tensor({channels}), false)),
      mean_(add_buffer("running_mean", Tensor({channels}))),
      variance_(add_buffer("running_var", filled({channels}, 1.0f))) {}

Var BatchNorm::forward(const Var& x) {
  expect_shape(x, {"...", channels_});
  if (!training())
    return batch_norm_infer(x, gamma_, beta_, mean_.value(), variance_.value(), options_.epsilon);
  Tensor mean, variance;
  const Var y = batch_norm_train(x, gamma_, beta_, options_.epsilon, &mean, &variance);
  average_in(x, mean, variance);
  return y;
}

Var BatchNorm::forward_relu(const Var& x, const Var& residual) {
  expect_shape(x, {"...", channels_});
  if (!training()) return relu(residual.defined() ? add(forward(x), residual) : forward(x));
  Tensor mean, variance;
  const Var y =
      batch_norm_relu_train(x, gamma_, beta_, residual, options_.epsilon, &mean, &variance);
  average_in(x, mean, variance);
  return y;
}

void BatchNorm::average_in(const Var& x, const Tensor& mean, const Tensor& variance) {
  const float rows = static_cast<float>(x.value().size() / gamma_.value().size());
  const float without_bias = rows > 1.0f ? rows / (rows - 1.0f) : 1.0f;
  move_towards(mean_.value(), mean, options_.momentum, 1.0f);
  move_towards(variance_.value(), variance, options_.momentum, without_bias);
}

}  // namespace tengen::nn
