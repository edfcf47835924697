#include "nn/layers/conv_norm_relu.h"

namespace tengen::nn {
namespace {

Conv2dLayerOptions without_bias(Conv2dLayerOptions options) {
  options.bias = false;
  return options;
}

}  // namespace

ConvNormRelu::ConvNormRelu(int64_t in, int64_t out, PerAxis kernel, Rng& rng,
                           const Conv2dLayerOptions& options)
    : conv_(in, out, kernel, rng, without_bias(options)), norm_(out) {
  add_child("conv", conv_);
  add_child("norm", norm_);
}

Var ConvNormRelu::forward(const Var& x) { return norm_.forward_relu(conv_.forward(x)); }

}  // namespace tengen::nn
