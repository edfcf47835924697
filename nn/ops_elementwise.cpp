#include <algorithm>

#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

Tensor reduced(const Tensor& gradient, const Broadcast& way, const Shape& shape) {
  return way.axis == 1 ? gradient.reshape(shape) : sum_over(gradient, way, shape);
}

Var recorded(const char* op, const Var& a, const Var& b, const Var& result) {
  if (tracing()) record_operation(op, {a, b}, result);
  return result;
}

}  // namespace

Var add(const Var& a, const Var& b) {
  const Broadcast way = broadcast_of("add", a.shape(), b.shape());
  const Var result = make_var(binary(Binary::kAdd, a.value(), b.value(), way), {a, b},
                              [a = a.slot(), b = b.slot(), way](const Tensor& dy) {
                                a.add_grad(dy);
                                if (b.requires_grad()) b.add_grad(reduced(dy, way, b.shape()));
                              });
  return recorded("add", a, b, result);
}

Var subtract(const Var& a, const Var& b) {
  const Broadcast way = broadcast_of("subtract", a.shape(), b.shape());
  const Var result = make_var(binary(Binary::kSubtract, a.value(), b.value(), way), {a, b},
                              [a = a.slot(), b = b.slot(), way](const Tensor& dy) {
                                a.add_grad(dy);
                                if (b.requires_grad())
                                  b.add_grad(scaled(reduced(dy, way, b.shape()), -1.0f));
                              });
  return recorded("subtract", a, b, result);
}

Var multiply(const Var& a, const Var& b) {
  const Broadcast way = broadcast_of("multiply", a.shape(), b.shape());
  const Var result = make_var(
      binary(Binary::kMultiply, a.value(), b.value(), way), {a, b}, [a, b, way](const Tensor& dy) {
        if (a.requires_grad()) a.add_grad(binary(Binary::kMultiply, dy, b.value(), way));
        if (b.requires_grad())
          b.add_grad(reduced(binary(Binary::kMultiply, dy, a.value()), way, b.shape()));
      });
  return recorded("multiply", a, b, result);
}

// With y = a / b: da = dy / b and db = -dy * y / b.
Var divide(const Var& a, const Var& b) {
  const Broadcast way = broadcast_of("divide", a.shape(), b.shape());
  const Tensor y = binary(Binary::kDivide, a.value(), b.value(), way);
  const Var result = make_var(y, {a, b}, [a = a.slot(), b, y, way](const Tensor& dy) {
    if (a.requires_grad()) a.add_grad(binary(Binary::kDivide, dy, b.value(), way));
    if (b.requires_grad()) {
      const Tensor total = reduced(binary(Binary::kMultiply, dy, y), way, b.shape());
      b.add_grad(scaled(binary(Binary::kDivide, total, b.value()), -1));
    }
  });
  return recorded("divide", a, b, result);
}

namespace {

// The gradient goes to the side that was chosen, to a where both are equal.
Var choice(const char* name, Binary op, const Var& a, const Var& b) {
  const Broadcast way = broadcast_of(name, a.shape(), b.shape());
  const Tensor y = binary(op, a.value(), b.value(), way);
  const Var result = make_var(y, {a, b}, [a, b = b.slot(), y, way](const Tensor& dy) {
    const Tensor chosen = binary(Binary::kEqual, y, a.value());
    const Tensor da = binary(Binary::kMultiply, dy, chosen);
    a.add_grad(da);
    if (b.requires_grad()) b.add_grad(reduced(binary(Binary::kSubtract, dy, da), way, b.shape()));
  });
  return recorded(name, a, b, result);
}

}  // namespace

Var maximum(const Var& a, const Var& b) { return choice("maximum", Binary::kMaximum, a, b); }
Var minimum(const Var& a, const Var& b) { return choice("minimum", Binary::kMinimum, a, b); }

Var scale(const Var& x, float factor) {
  const Var result =
      make_var(scaled(x.value(), factor), {x},
               [x = x.slot(), factor](const Tensor& dy) { x.add_grad(scaled(dy, factor)); });
  if (tracing()) record_operation("scale", {x}, result, {{"factor", factor}});
  return result;
}

}  // namespace tengen::nn
