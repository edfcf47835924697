#include "nn/layers/group_norm.h"

#include "nn/base/check.h"
#include "nn/layers/init.h"
#include "nn/ops.h"

namespace tengen::nn {

LayerNorm::LayerNorm(int64_t channels, float epsilon)
    : channels_(channels),
      epsilon_(epsilon),
      gamma_(add_parameter("weight", filled({channels}, 1), false)),
      beta_(add_parameter("bias", Tensor({channels}), false)) {}

Var LayerNorm::forward(const Var& x) {
  expect_shape(x, {"...", channels_});
  return layer_norm(x, gamma_, beta_, epsilon_);
}

GroupNorm::GroupNorm(int64_t groups, int64_t channels, float epsilon)
    : groups_(groups),
      channels_(channels),
      epsilon_(epsilon),
      gamma_(add_parameter("weight", filled({channels}, 1), false)),
      beta_(add_parameter("bias", Tensor({channels}), false)) {
  CHECK(groups >= 1);
  CHECK(channels % groups == 0);
}

Var GroupNorm::forward(const Var& x) {
  expect_shape(x, {"...", "N", channels_});
  return group_norm(x, groups_, gamma_, beta_, epsilon_);
}

}  // namespace tengen::nn
