#include "nn/layers/embedding.h"

#include "nn/base/check.h"
#include "nn/layers/init.h"
#include "nn/ops.h"

namespace tengen::nn {

Embedding::Embedding(int64_t symbols, int64_t dim, Rng& rng)
    : weight_(add_parameter("weight", normal({symbols, dim}, 1, rng), true)) {}

Var Embedding::forward(const Var& x) {
  try {
    return gather(weight_, x, 0);
  } catch (const CheckFailure& failure) {
    throw CheckFailure(path() + ": " + failure.what());
  }
}

}  // namespace tengen::nn
