#include "nn/layers/conv2d.h"

#include "nn/base/check.h"
#include "nn/layers/init.h"

namespace tengen::nn {
namespace {

PerAxis padding_of(const PerAxis& kernel, const Conv2dLayerOptions& options) {
  if (options.padding) return *options.padding;
  CHECK(kernel.h % 2 == 1);
  CHECK(kernel.w % 2 == 1);
  return {options.dilation.h * (kernel.h / 2), options.dilation.w * (kernel.w / 2)};
}

}  // namespace

Conv2d::Conv2d(int64_t in, int64_t out, PerAxis kernel, Rng& rng, const Conv2dLayerOptions& options)
    : in_(in),
      options_{options.stride, padding_of(kernel, options), options.dilation, options.groups} {
  CHECK(options.groups >= 1);
  CHECK(in % options.groups == 0);
  CHECK(out % options.groups == 0);
  const int64_t group_in = in / options.groups;
  weight_ = add_parameter(
      "weight", he_normal({kernel.h, kernel.w, group_in, out}, kernel.h * kernel.w * group_in, rng),
      true);
  if (options.bias) bias_ = add_parameter("bias", Tensor({out}), false);
}

Var Conv2d::forward(const Var& x) {
  expect_shape(x, {"N", "H", "W", in_});
  return conv2d(x, weight_, bias_, options_);
}

Var Conv2d::forward_relu_max_pool(const Var& x, const Pool2dOptions& pool) {
  expect_shape(x, {"N", "H", "W", in_});
  return conv2d_relu_max_pool(x, weight_, bias_, options_, pool);
}

}  // namespace tengen::nn
