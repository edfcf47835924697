#include "nn/layers/batch_norm.h"

#include "nn/device.h"
#include "nn/layers/init.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

// average += share * (newest - average)
void average_in(Tensor& average, const Tensor& newest, float share, float newest_factor) {
  Device& device = average.device();
  device.repeat_axis(1, 1, average.size(), 1.0f - share, average.data(), average.data());
  device.axpy(average.size(), share * newest_factor, newest.data(), average.data());
}

}  // namespace

BatchNorm::BatchNorm(int64_t channels, const BatchNormOptions& options)
    : options_(options),
      gamma_(add_parameter("weight", filled({channels}, 1.0f), false)),
      beta_(add_parameter("bias", Tensor({channels}), false)),
      mean_(add_buffer("running_mean", Tensor({channels}))),
      variance_(add_buffer("running_var", filled({channels}, 1.0f))) {}

Var BatchNorm::forward(const Var& x) {
  if (!training()) return batch_norm_infer(x, gamma_, beta_, mean_, variance_, options_.epsilon);
  Tensor mean, variance;
  const Var y = batch_norm_train(x, gamma_, beta_, options_.epsilon, &mean, &variance);
  const float rows = static_cast<float>(x.value().size() / gamma_.value().size());
  average_in(mean_, mean, options_.momentum, 1.0f);
  average_in(variance_, variance, options_.momentum, rows > 1.0f ? rows / (rows - 1.0f) : 1.0f);
  return y;
}

}  // namespace tengen::nn
