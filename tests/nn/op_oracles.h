// The operations as their formulas say, in double: what values are compared with.
#pragma once

#include <vector>

#include "nn/ops.h"

namespace tengen::nn {

using Doubles = std::vector<double>;

// a [outer, axis, inner] meets b [outer, inner].
Doubles oracle_broadcast(char op, const Doubles& a, const Doubles& b, int64_t outer, int64_t axis,
                         int64_t inner);
Doubles oracle_matmul(const Doubles& a, const Doubles& b, int64_t m, int64_t k, int64_t n);
// x of shape xs, w of shape ws, bias may be empty.
Doubles oracle_conv2d(const Doubles& x, const Shape& xs, const Doubles& w, const Shape& ws,
                      const Doubles& bias, const Conv2dOptions& options);
// Each input pixel spread over the result; `result` is the shape that the sizes' formula gives.
Doubles oracle_conv_transpose2d(const Doubles& x, const Shape& xs, const Doubles& w,
                                const Shape& ws, const Doubles& bias, const Shape& result,
                                const ConvTranspose2dOptions& options);
Doubles oracle_pool2d(bool maximum, const Doubles& x, const Shape& xs,
                      const Pool2dOptions& options);
Doubles oracle_pool(bool maximum, const Doubles& x, const Shape& shape);
Doubles oracle_batch_norm(const Doubles& x, const Doubles& gamma, const Doubles& beta,
                          double epsilon);
Doubles oracle_log_softmax(const Doubles& x, int64_t columns);
// sum of weight * loss over all elements, divided by `divisor`; loss(x, target).
template <class Loss>
Doubles oracle_loss(const Doubles& x, const Doubles& target, const Doubles& weight, double divisor,
                    Loss loss) {
  double sum = 0.0;
  for (size_t i = 0; i < x.size(); ++i)
    sum += loss(x[i], target[i]) * (weight.empty() ? 1.0 : weight[i / (x.size() / weight.size())]);
  return {sum / divisor};
}
template <class Function>
Doubles oracle_map(const Doubles& x, Function function) {
  Doubles y;
  for (double value : x) y.push_back(function(value));
  return y;
}

}  // namespace tengen::nn
