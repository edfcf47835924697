#include "nn/axis.h"

#include "nn/base/block_pool.h"

namespace tengen::nn {

int checked_axis(const char* op, int axis, const Shape& shape) {
  const int at = axis < 0 ? axis + shape.rank() : axis;
  if (at < 0 || at >= shape.rank())
    wrong_shape(op, "a shape that has an axis " + std::to_string(axis), shape);
  return at;
}

Shape without_axis(const Shape& shape, int axis) {
  PooledVector<int64_t> dims(shape.begin(), shape.end());
  dims.erase(dims.begin() + axis);
  return Shape(dims);
}

AroundAxis around_axis(const Shape& shape, int axis) {
  AroundAxis view;
  for (int i = 0; i < axis; ++i) view.outer *= shape[i];
  view.axis = shape[axis];
  for (int i = axis + 1; i < shape.rank(); ++i) view.inner *= shape[i];
  return view;
}

}  // namespace tengen::nn
