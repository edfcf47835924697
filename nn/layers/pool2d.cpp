#include "nn/layers/pool2d.h"

#include <algorithm>

namespace tengen::nn {

Var MaxPool2d::forward(const Var& x) {
  expect_shape(x, {"N", "H", "W", "C"});
  return max_pool2d(x, options_);
}

Var AvgPool2d::forward(const Var& x) {
  expect_shape(x, {"N", "H", "W", "C"});
  return average_pool2d(x, options_);
}

Var Flatten::forward(const Var& x) {
  expect_shape(x, {"...", "C"});
  const int64_t rows = x.shape()[0];
  return reshape(x, {rows, x.value().size() / std::max<int64_t>(1, rows)});
}

}  // namespace tengen::nn
