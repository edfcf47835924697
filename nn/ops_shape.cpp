#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

int positive_axis(const char* op, int axis, const Shape& shape) {
  const int at = axis < 0 ? axis + shape.rank() : axis;
  if (at < 0 || at >= shape.rank())
    wrong_shape(op, "a shape that has an axis " + std::to_string(axis), shape);
  return at;
}

// A tensor seen as [outer, run], where a run holds the axis and all after it.
struct Runs {
  Runs(const Shape& shape, int axis) : outer(1), inner(1), run(1) {
    for (int i = 0; i < axis; ++i) outer *= shape[i];
    for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
    run = shape[axis] * inner;
  }
  int64_t outer, inner, run;
};

}  // namespace

Var reshape(const Var& x, Shape shape) {
  const Var result =
      make_var(x.value().reshape(std::move(shape)), {x},
               [x = x.slot()](const Tensor& dy) { x.add_grad(dy.reshape(x.shape())); });
  if (tracing()) record_operation("reshape", {x}, result);
  return result;
}

Var concat(const std::vector<Var>& parts, int axis) {
  CHECK(!parts.empty());
  const Shape& first = parts[0].shape();
  const int at = positive_axis("concat", axis, first);
  int64_t length = 0;
  for (const Var& part : parts) {
    if (part.shape().rank() != first.rank() || part.shape().with(at, 0) != first.with(at, 0))
      wrong_shape("concat", first.text() + " but for axis " + std::to_string(at), part.shape());
    length += part.shape()[at];
  }
  Tensor y = Tensor::uninitialized(first.with(at, length), parts[0].value().device());
  const Runs whole(y.shape(), at);
  PooledVector<std::pair<GradSlot, Shape>> slots;
  int64_t offset = 0;
  for (const Var& part : parts) {
    slots.emplace_back(part.slot(), part.shape());
    const Runs runs(part.shape(), at);
    y.device().copy_blocks(runs.outer, runs.run, part.value().data(), runs.run, y.data() + offset,
                           whole.run);
    offset += runs.run;
  }
  const Var result = make_var(std::move(y), parts, [slots, at, whole](const Tensor& dy) {
    int64_t offset = 0;
    for (const auto& [part, shape] : slots) {
      const Runs runs(shape, at);
      if (part.requires_grad()) {
        Tensor dx = Tensor::uninitialized(shape, dy.device());
        dy.device().copy_blocks(runs.outer, runs.run, dy.data() + offset, whole.run, dx.data(),
                                runs.run);
        part.add_grad(dx);
      }
      offset += runs.run;
    }
  });
  if (tracing()) record_operation("concat", parts, result, {{"axis", double(at)}});
  return result;
}

Var slice(const Var& x, int axis, int64_t begin, int64_t end) {
  const int at = positive_axis("slice", axis, x.shape());
  if (begin < 0 || begin > end || end > x.shape()[at])
    wrong_shape("slice",
                "axis " + std::to_string(at) + " to contain [" + std::to_string(begin) + "," +
                    std::to_string(end) + ")",
                x.shape());
  Tensor y = Tensor::uninitialized(x.shape().with(at, end - begin), x.value().device());
  const Runs whole(x.shape(), at), runs(y.shape(), at);
  const int64_t offset = begin * whole.inner;
  y.device().copy_blocks(runs.outer, runs.run, x.value().data() + offset, whole.run, y.data(),
                         runs.run);
  const Var result =
      make_var(std::move(y), {x}, [x = x.slot(), whole, runs, offset](const Tensor& dy) {
        Tensor dx(x.shape(), dy.device());
        dy.device().copy_blocks(runs.outer, runs.run, dy.data(), runs.run, dx.data() + offset,
                                whole.run);
        x.add_grad(dx);
      });
  if (tracing())
    record_operation("slice", {x}, result,
                     {{"axis", double(at)}, {"begin", double(begin)}, {"end", double(end)}});
  return result;
}

}  // namespace tengen::nn
