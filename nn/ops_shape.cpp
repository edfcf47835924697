#include "nn/axis.h"
#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
Var reshape(const Var& x, Shape shape) {
  const Var result =
      make_var(x.value().reshape(std::move(shape)), {x},
               [x = x.slot()](const Tensor& dy) { x.add_grad(dy.reshape(x.shape())); });
  if (tracing()) record_operation("reshape", {x}, result);
  return result;
}

Var concat(std::span<const Var> parts, int axis) {
  CHECK(!parts.empty());
  const Shape& first = parts[0].shape();
  const int at = checked_axis("concat", axis, first);
  int64_t length = 0;
  for (const Var& part : parts) {
    if (part.shape().rank() != first.rank() || part.shape().with(at, 0) != first.with(at, 0))
      wrong_shape("concat", first.text() + " but for axis " + std::to_string(at), part.shape());
    length += part.shape()[at];
  }
  Tensor y = Tensor::uninitialized(first.with(at, length), parts[0].value().device());
  const AroundAxis whole = around_axis(y.shape(), at);
  PooledVector<std::pair<GradSlot, Shape>> slots;
  int64_t offset = 0;
  for (const Var& part : parts) {
    slots.emplace_back(part.slot(), part.shape());
    const AroundAxis runs = around_axis(part.shape(), at);
    y.device().copy_blocks(runs.outer, runs.run(), part.value().data(), runs.run(),
                           y.data() + offset, whole.run());
    offset += runs.run();
  }
  const Var result = make_var(std::move(y), parts, [slots, at, whole](const Tensor& dy) {
    int64_t offset = 0;
    for (const auto& [part, shape] : slots) {
      const AroundAxis runs = around_axis(shape, at);
      if (part.requires_grad()) {
        Tensor dx = Tensor::uninitialized(shape, dy.device());
        dy.device().copy_blocks(runs.outer, runs.run(), dy.data() + offset, whole.run(), dx.data(),
                                runs.run());
        part.add_grad(dx);
      }
      offset += runs.run();
    }
  });
  if (tracing())
    record_operation("concat", {parts.begin(), parts.end()}, result, {{"axis", double(at)}});
  return result;
}

Var slice(const Var& x, int axis, int64_t begin, int64_t end) {
  const int at = checked_axis("slice", axis, x.shape());
  if (begin < 0 || begin > end || end > x.shape()[at])
    wrong_shape("slice",
                "axis " + std::to_string(at) + " to contain [" + std::to_string(begin) + "," +
                    std::to_string(end) + ")",
                x.shape());
  Tensor y = Tensor::uninitialized(x.shape().with(at, end - begin), x.value().device());
  const AroundAxis whole = around_axis(x.shape(), at), runs = around_axis(y.shape(), at);
  const int64_t offset = begin * whole.inner;
  y.device().copy_blocks(runs.outer, runs.run(), x.value().data() + offset, whole.run(), y.data(),
                         runs.run());
  const Var result =
      make_var(std::move(y), {x}, [x = x.slot(), whole, runs, offset](const Tensor& dy) {
        float beta = 0;
        Tensor& dx = x.accumulator(&beta);  // so that many slices cost no more than the whole
        if (beta == 0) dx.fill(0);
        dy.device().add_blocks(runs.outer, runs.run(), dy.data(), runs.run(), dx.data() + offset,
                               whole.run());
      });
  if (tracing())
    record_operation("slice", {x}, result,
                     {{"axis", double(at)}, {"begin", double(begin)}, {"end", double(end)}});
  return result;
}

}  // namespace tengen::nn
