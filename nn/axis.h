// One axis of a shape: how operations along an axis see their tensors.
#pragma once

#include "nn/tensor_math.h"

namespace tengen::nn {

// `axis` counted from the front; CheckFailure in the name of `op` if `shape` has no such axis.
int checked_axis(const char* op, int axis, const Shape& shape);
Shape without_axis(const Shape& shape, int axis);

// What lies before, on and behind an axis that is not negative: [outer, axis, inner].
struct AroundAxis : Broadcast {
  int64_t run() const { return axis * inner; }  // elements from the axis on
};
AroundAxis around_axis(const Shape& shape, int axis);

}  // namespace tengen::nn
