#include "nn/layers/global_pool.h"

#include "nn/ops.h"

namespace tengen::nn {

Var GlobalPool::forward(const Var& x) {
  expect_shape(x, {"N", "H", "W", "C"});
  return concat({global_mean_pool(x), global_max_pool(x)}, 1);
}

}  // namespace tengen::nn
