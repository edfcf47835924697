#include "nn/layers/linear.h"

#include "nn/layers/init.h"
#include "nn/ops.h"

namespace tengen::nn {

Linear::Linear(int64_t in, int64_t out, Rng& rng, bool bias)
    : in_(in), weight_(add_parameter("weight", xavier_uniform({in, out}, in, out, rng), true)) {
  if (bias) bias_ = add_parameter("bias", Tensor({out}), false);
}

Var Linear::forward(const Var& x) {
  expect_shape(x, {"...", in_});
  return linear(x, weight_, bias_);
}

}  // namespace tengen::nn
