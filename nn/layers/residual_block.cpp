#include "nn/layers/residual_block.h"

namespace tengen::nn {

ResidualBlock::ResidualBlock(int64_t channels, Rng& rng, int64_t kernel)
    : channels_(channels),
      conv1_(channels, channels, kernel, rng, {.bias = false}),
      norm1_(channels),
      conv2_(channels, channels, kernel, rng, {.bias = false}),
      norm2_(channels) {
  add_child("conv1", conv1_);
  add_child("norm1", norm1_);
  add_child("conv2", conv2_);
  add_child("norm2", norm2_);
}

Var ResidualBlock::forward(const Var& x) {
  expect_shape(x, {"N", "H", "W", channels_});
  const Var inner = norm1_.forward_relu(conv1_.forward(x));
  return norm2_.forward_relu(conv2_.forward(inner), x);
}

}  // namespace tengen::nn
