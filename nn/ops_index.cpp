// Moving elements: other orders of the axes, chosen rows, pieces.
#include <numeric>

#include "nn/axis.h"
#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

Tensor permuted(const Tensor& x, const Axes& axes) {
  PooledVector<int64_t> dims;
  for (int axis : axes) dims.push_back(x.shape()[axis]);
  Tensor y = Tensor::uninitialized(Shape(dims), x.device());
  x.device().permute(x.shape().rank(), x.shape().begin(), axes.data(), x.data(), y.data());
  return y;
}

// The axes that undo `axes`; CheckFailure if those are no permutation.
Axes inverse_of(const Axes& axes, const Shape& shape) {
  Axes inverse(axes.size(), -1);
  bool fits = static_cast<int>(axes.size()) == shape.rank();
  for (size_t i = 0; fits && i < axes.size(); ++i) {
    fits = axes[i] >= 0 && axes[i] < shape.rank() && inverse[axes[i]] < 0;
    if (fits) inverse[axes[i]] = static_cast<int>(i);
  }
  if (fits) return inverse;
  std::string text;
  for (int axis : axes) text.append(text.empty() ? "" : ",").append(std::to_string(axis));
  wrong_shape("permute", "axes (" + text + ") to name each axis of x once", shape);
}

// Whole numbers in [0, limit) as the device wants them.
std::shared_ptr<void> checked_indices(const char* op, const Tensor& indices, int64_t limit) {
  const int64_t count = indices.size();
  std::shared_ptr<void> memory = indices.device().allocate(count * sizeof(int32_t));
  const int64_t right = indices.device().to_indices(count, limit, indices.data(),
                                                    static_cast<int32_t*>(memory.get()));
  if (right < count)
    throw CheckFailure(std::string(op) + ": index " + std::to_string(indices.to_vector()[right]) +
                       " at place " + std::to_string(right) + " of " + indices.shape().text() +
                       " is no whole number in [0," + std::to_string(limit) + ")");
  return memory;
}

}  // namespace

Var permute(const Var& x, const Axes& axes) {
  const Axes inverse = inverse_of(axes, x.shape());
  const Var result =
      make_var(permuted(x.value(), axes), {x},
               [x = x.slot(), inverse](const Tensor& dy) { x.add_grad(permuted(dy, inverse)); });
  if (tracing()) {
    std::map<std::string, double> attributes;
    for (size_t i = 0; i < axes.size(); ++i) attributes["axis" + std::to_string(i)] = axes[i];
    record_operation("permute", {x}, result, attributes);
  }
  return result;
}

Var transpose(const Var& x, int a, int b) {
  Axes axes(x.shape().rank());
  std::iota(axes.begin(), axes.end(), 0);
  std::swap(axes.at(checked_axis("transpose", a, x.shape())),
            axes.at(checked_axis("transpose", b, x.shape())));
  return permute(x, axes);
}

Var gather(const Var& x, const Var& indices, int axis) {
  const int at = checked_axis("gather", axis, x.shape());
  const AroundAxis view = around_axis(x.shape(), at);
  check_same_device("gather's table and indices", x.value(), indices.value());
  const auto index = checked_indices("gather", indices.value(), view.axis);
  const int64_t count = indices.value().size();

  PooledVector<int64_t> dims(x.shape().begin(), x.shape().begin() + at);
  dims.insert(dims.end(), indices.shape().begin(), indices.shape().end());
  dims.insert(dims.end(), x.shape().begin() + at + 1, x.shape().end());
  Tensor y = Tensor::uninitialized(Shape(dims), x.value().device());
  y.device().gather(view.outer, view.axis, view.inner, count,
                    static_cast<const int32_t*>(index.get()), x.value().data(), y.data());
  const Var result =
      make_var(std::move(y), {x}, [x = x.slot(), index, view, count](const Tensor& dy) {
        float beta = 0;
        Tensor& dx = x.accumulator(&beta);
        if (beta == 0) dx.fill(0);
        dy.device().gather_grad(view.outer, view.axis, view.inner, count,
                                static_cast<const int32_t*>(index.get()), dy.data(), dx.data());
      });
  if (tracing()) record_operation("gather", {x, indices}, result, {{"axis", double(at)}});
  return result;
}

std::vector<Var> split(const Var& x, int parts, int axis) {
  const int at = checked_axis("split", axis, x.shape());
  CHECK(parts >= 1);
  if (x.shape()[at] % parts != 0)
    wrong_shape("split",
                "axis " + std::to_string(at) + " to be " + std::to_string(parts) + " equal parts",
                x.shape());
  const int64_t length = x.shape()[at] / parts;
  std::vector<Var> out;
  for (int i = 0; i < parts; ++i) out.push_back(slice(x, at, i * length, (i + 1) * length));
  return out;
}

Var stack(const std::vector<Var>& parts, int axis) {
  CHECK(!parts.empty());
  const Shape& first = parts[0].shape();
  std::vector<int64_t> dims = first.dims();
  const int at = axis < 0 ? axis + first.rank() + 1 : axis;
  if (at < 0 || at > first.rank())
    wrong_shape("stack", "shapes between whose axes " + std::to_string(axis) + " lies", first);
  dims.insert(dims.begin() + at, 1);
  std::vector<Var> widened;
  for (const Var& part : parts) {
    if (part.shape() != first) wrong_shape("stack", first.text(), part.shape());
    widened.push_back(reshape(part, Shape(dims)));
  }
  return concat(widened, at);
}

}  // namespace tengen::nn
