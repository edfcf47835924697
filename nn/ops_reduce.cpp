#include "nn/axis.h"
#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

// [N,H,W,C] as N images of `points` rows of C.
Broadcast image_points(const char* op, const Shape& x) {
  if (x.rank() != 4 || x[1] * x[2] < 1) wrong_shape(op, "x [N,H,W,C]", x);
  return {x[0], x[1] * x[2], x[3]};
}

Tensor repeated(const Tensor& x, const Broadcast& way, float alpha, const Shape& result) {
  Tensor y = Tensor::uninitialized(result, x.device());
  x.device().repeat_axis(way.outer, way.axis, way.inner, alpha, x.data(), y.data());
  return y;
}

Var total(const char* name, const Var& x, float factor) {
  Tensor y = sum_of_all(x.value());
  if (factor != 1.0f) y = scaled(y, factor);
  const Var result = make_var(std::move(y), {x}, [x = x.slot(), factor](const Tensor& dy) {
    x.add_grad(repeated(dy, {1, x.shape().size(), 1}, factor, x.shape()));
  });
  if (tracing()) record_operation(name, {x}, result);
  return result;
}

// factor times the sum over one axis, which goes.
Var axis_total(const char* name, const Var& x, int axis, bool average) {
  const int at = checked_axis(name, axis, x.shape());
  const AroundAxis way = around_axis(x.shape(), at);
  if (average && way.axis < 1) wrong_shape(name, "an axis that is not empty", x.shape());
  const float factor = average ? 1 / static_cast<float>(way.axis) : 1;
  Tensor y = sum_over(x.value(), way, without_axis(x.shape(), at));
  if (average) y = scaled(y, factor);
  const Var result = make_var(std::move(y), {x}, [x = x.slot(), way, factor](const Tensor& dy) {
    x.add_grad(repeated(dy, way, factor, x.shape()));
  });
  if (tracing()) record_operation(name, {x}, result, {{"axis", double(at)}});
  return result;
}

// The largest along the middle axis, shaped as `result`; the gradient goes to the first of them.
Var largest(const Var& x, const Broadcast& way, Shape result) {
  Device& device = x.value().device();
  Tensor y = Tensor::uninitialized(std::move(result), device);
  const std::shared_ptr<void> argmax = device.allocate(y.size() * sizeof(int32_t));
  device.max_axis(way.outer, way.axis, way.inner, x.value().data(), y.data(),
                  static_cast<int32_t*>(argmax.get()));
  return make_var(std::move(y), {x}, [x = x.slot(), way, argmax](const Tensor& dy) {
    Tensor dx = Tensor::uninitialized(x.shape(), dy.device());
    dy.device().max_axis_grad(way.outer, way.axis, way.inner, dy.data(),
                              static_cast<const int32_t*>(argmax.get()), dx.data());
    x.add_grad(dx);
  });
}

}  // namespace

Var sum(const Var& x) { return total("sum", x, 1.0f); }

Var mean(const Var& x) {
  CHECK(x.value().size() > 0);
  return total("mean", x, 1.0f / static_cast<float>(x.value().size()));
}

Var sum(const Var& x, int axis) { return axis_total("sum_axis", x, axis, false); }
Var mean(const Var& x, int axis) { return axis_total("mean_axis", x, axis, true); }

Var max(const Var& x, int axis) {
  const int at = checked_axis("max_axis", axis, x.shape());
  const AroundAxis way = around_axis(x.shape(), at);
  if (way.axis < 1) wrong_shape("max_axis", "an axis that is not empty", x.shape());
  const Var result = largest(x, way, without_axis(x.shape(), at));
  if (tracing()) record_operation("max_axis", {x}, result, {{"axis", double(at)}});
  return result;
}

Var global_mean_pool(const Var& x) {
  const Broadcast way = image_points("global_mean_pool", x.shape());
  const float share = 1.0f / static_cast<float>(way.axis);
  const Tensor sums = sum_over(x.value(), way, {way.outer, way.inner});
  const Var result =
      make_var(scaled(sums, share), {x}, [x = x.slot(), way, share](const Tensor& dy) {
        x.add_grad(repeated(dy, way, share, x.shape()));
      });
  if (tracing()) record_operation("global_mean_pool", {x}, result);
  return result;
}

Var global_max_pool(const Var& x) {
  const Broadcast way = image_points("global_max_pool", x.shape());
  const Var result = largest(x, way, {way.outer, way.inner});
  if (tracing()) record_operation("global_max_pool", {x}, result);
  return result;
}

}  // namespace tengen::nn
