#include "nn/layers/conv_transpose2d.h"

#include <algorithm>

#include "nn/base/check.h"
#include "nn/layers/init.h"

namespace tengen::nn {
namespace {

// A pixel of the result meets every stride-th tap.
int64_t fan_in(int64_t group_in, const PerAxis& kernel, const PerAxis& stride) {
  const int64_t taps = kernel.h * kernel.w / std::max<int64_t>(1, stride.h * stride.w);
  return group_in * std::max<int64_t>(1, taps);
}

}  // namespace

ConvTranspose2d::ConvTranspose2d(int64_t in, int64_t out, PerAxis kernel, Rng& rng,
                                 const ConvTranspose2dLayerOptions& options)
    : in_(in),
      options_{options.stride, options.padding, options.output_padding, options.dilation,
               options.groups} {
  CHECK(options.groups >= 1);
  CHECK(in % options.groups == 0);
  CHECK(out % options.groups == 0);
  weight_ = add_parameter("weight",
                          he_normal({kernel.h, kernel.w, out / options.groups, in},
                                    fan_in(in / options.groups, kernel, options.stride), rng),
                          true);
  if (options.bias) bias_ = add_parameter("bias", Tensor({out}), false);
}

Var ConvTranspose2d::forward(const Var& x) {
  expect_shape(x, {"N", "H", "W", in_});
  return conv_transpose2d(x, weight_, bias_, options_);
}

}  // namespace tengen::nn
