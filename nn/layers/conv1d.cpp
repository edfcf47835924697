#include "nn/layers/conv1d.h"

#include "nn/base/check.h"
#include "nn/layers/init.h"

namespace tengen::nn {
namespace {

int64_t padding_of(int64_t kernel, const Conv1dLayerOptions& options) {
  if (options.padding) return *options.padding;
  CHECK(kernel % 2 == 1);
  return options.dilation * (kernel / 2);
}

}  // namespace

Conv1d::Conv1d(int64_t in, int64_t out, int64_t kernel, Rng& rng, const Conv1dLayerOptions& options)
    : in_(in),
      options_{.stride = {options.stride, 1},
               .padding = {padding_of(kernel, options), 0},
               .dilation = {options.dilation, 1},
               .groups = options.groups} {
  CHECK(options.groups >= 1);
  CHECK(in % options.groups == 0);
  CHECK(out % options.groups == 0);
  const int64_t group_in = in / options.groups;
  weight_ =
      add_parameter("weight", he_normal({kernel, 1, group_in, out}, kernel * group_in, rng), true);
  if (options.bias) bias_ = add_parameter("bias", Tensor({out}), false);
}

Var Conv1d::forward(const Var& x) {
  expect_shape(x, {"N", "T", in_});
  const int64_t n = x.shape()[0], t = x.shape()[1];
  const Var y = conv2d(reshape(x, {n, t, 1, in_}), weight_, bias_, options_);
  return reshape(y, {n, y.shape()[1], y.shape()[3]});
}

}  // namespace tengen::nn
