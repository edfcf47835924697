#include "nn/layers/residual.h"

#include "nn/base/check.h"
#include "nn/ops.h"

namespace tengen::nn {

Var Residual::forward(const Var& x) {
  const Var y = Sequential::forward(x);
  if (y.shape() != x.shape())
    throw CheckFailure(path() + ": expected layers that keep the shape " + x.shape().text() +
                       ", got " + y.shape().text());
  return nn::add(x, y);
}

}  // namespace tengen::nn
