#include "nn/layers/conv2d.h"

#include "nn/base/check.h"
#include "nn/layers/init.h"
#include "nn/ops.h"

namespace tengen::nn {

Conv2d::Conv2d(int64_t in, int64_t out, int64_t kernel, Rng& rng, const Conv2dLayerOptions& options)
    : stride_(options.stride), padding_(options.padding.value_or(kernel / 2)) {
  if (!options.padding) CHECK(kernel % 2 == 1);
  weight_ = add_parameter("weight", he_normal({kernel, kernel, in, out}, kernel * kernel * in, rng),
                          true);
  if (options.bias) bias_ = add_parameter("bias", Tensor({out}), false);
}

Var Conv2d::forward(const Var& x) { return conv2d(x, weight_, bias_, {stride_, padding_}); }

}  // namespace tengen::nn
