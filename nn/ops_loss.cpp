#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/loss_rows.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

constexpr float kTiny = 1e-12f;  // probabilities below count as this

Tensor log_of(const Tensor& p) {
  return unary(Unary::kLog, binary(Binary::kMaximum, p, constant_like(p, kTiny)));
}

// 1 where x > 0, else 0.
Tensor positive(const Tensor& x) {
  Tensor ones = Tensor::uninitialized(x.shape(), x.device()), out = ones.clone();
  ones.fill(1.0f);
  x.device().unary_grad(Unary::kRelu, x.size(), x.data(), x.data(), ones.data(), out.data());
  return out;
}

}  // namespace

Broadcast checked_rows(const char* op, const Var& x, const Tensor& weight) {
  if (x.shape().rank() != 2 || x.value().size() < 1) wrong_shape(op, "x [rows,n]", x.shape());
  if (weight.defined() && weight.shape() != Shape{x.shape()[0]})
    wrong_shape(op, "a weight " + Shape{x.shape()[0]}.text(), weight.shape());
  return {x.shape()[0], x.shape()[1], 1};
}

Broadcast checked_rows(const char* op, const Var& x, const Tensor& target, const Tensor& weight) {
  if (x.shape().rank() == 2 && target.shape() != x.shape())
    wrong_shape(op, "a target " + x.shape().text(), target.shape());
  check_same_device("a loss's numbers and target", x.value(), target);
  return checked_rows(op, x, weight);
}

Var weighed_loss(const Var& x, Tensor loss, Tensor slope, const Tensor& weight,
                 const Broadcast& way, int64_t divisor) {
  if (weight.defined()) {
    loss = binary(Binary::kMultiply, loss, weight, way);
    slope = binary(Binary::kMultiply, slope, weight, way);
  }
  const float share = 1.0f / static_cast<float>(divisor);
  return make_var(scaled(sum_of_all(loss), share), {x},
                  [x = x.slot(), slope, share](const Tensor& dy) {
                    x.add_grad(binary(Binary::kMultiply, slope, scaled(dy, share)));
                  });
}

Tensor constant_like(const Tensor& like, float value) {
  Tensor out = Tensor::uninitialized(Shape{}, like.device());
  out.fill(value);
  return out;
}

Var log_softmax(const Var& x) {
  if (x.shape().rank() < 1 || x.shape()[-1] < 1) wrong_shape("log_softmax", "x [...,n]", x.shape());
  const int64_t columns = x.shape()[-1], rows = x.value().size() / columns;
  Tensor y = Tensor::uninitialized(x.shape(), x.value().device());
  y.device().log_softmax(rows, columns, x.value().data(), y.data());
  const Var result = make_var(y, {x}, [x = x.slot(), y, rows, columns](const Tensor& dy) {
    Tensor dx = Tensor::uninitialized(y.shape(), y.device());
    y.device().log_softmax_grad(rows, columns, y.data(), dy.data(), dx.data());
    x.add_grad(dx);
  });
  if (tracing()) record_operation("log_softmax", {x}, result);
  return result;
}

// loss = -sum target * log p, with p = softmax(x).
Var cross_entropy(const Var& logits, const Tensor& target, const Tensor& weight) {
  const Broadcast way = checked_rows("cross_entropy", logits, target, weight);
  Device& device = logits.value().device();
  Tensor log_p = Tensor::uninitialized(logits.shape(), device);
  device.log_softmax(way.outer, way.axis, logits.value().data(), log_p.data());
  const Tensor minus_target = scaled(target, -1.0f);
  Tensor slope = Tensor::uninitialized(logits.shape(), device);
  device.log_softmax_grad(way.outer, way.axis, log_p.data(), minus_target.data(), slope.data());
  return weighed_loss(logits, binary(Binary::kMultiply, log_p, minus_target), slope, weight, way,
                      way.outer);
}

// loss = target * (log target - log_p); where the target is zero, so is the loss.
Var kl_divergence(const Var& log_p, const Tensor& target, const Tensor& weight) {
  const Broadcast way = checked_rows("kl_divergence", log_p, target, weight);
  const Tensor ratio = binary(Binary::kSubtract, log_of(target), log_p.value());
  return weighed_loss(log_p, binary(Binary::kMultiply, target, ratio), scaled(target, -1.0f),
                      weight, way, way.outer);
}

// loss = -t log s - (1 - t) log (1 - s) = softplus(x) - t x, with s = sigmoid(x).
Var binary_cross_entropy_with_logits(const Var& logits, const Tensor& target,
                                     const Tensor& weight) {
  const Broadcast way = checked_rows("binary_cross_entropy_with_logits", logits, target, weight);
  const Tensor& x = logits.value();
  const Tensor loss =
      binary(Binary::kSubtract, unary(Unary::kSoftplus, x), binary(Binary::kMultiply, target, x));
  const Tensor slope = binary(Binary::kSubtract, unary(Unary::kSigmoid, x), target);
  return weighed_loss(logits, loss, slope, weight, way, x.size());
}

// loss = -(log q + t (log p - log q)) with q = 1 - p; slope = (p - t) / (p q).
Var binary_cross_entropy(const Var& p, const Tensor& target, const Tensor& weight) {
  const Broadcast way = checked_rows("binary_cross_entropy", p, target, weight);
  const Tensor& x = p.value();
  const Tensor q = unary(Unary::kNegate, binary(Binary::kSubtract, x, constant_like(x, 1.0f)));
  const Tensor log_q = log_of(q);
  const Tensor odds = binary(Binary::kSubtract, log_of(x), log_q);
  const Tensor loss = binary(Binary::kAdd, binary(Binary::kMultiply, target, odds), log_q);
  const Tensor spread =
      binary(Binary::kMaximum, binary(Binary::kMultiply, x, q), constant_like(x, kTiny));
  const Tensor slope = binary(Binary::kDivide, binary(Binary::kSubtract, x, target), spread);
  return weighed_loss(p, unary(Unary::kNegate, loss), slope, weight, way, x.size());
}

Var mse_loss(const Var& x, const Tensor& target, const Tensor& weight) {
  const Broadcast way = checked_rows("mse_loss", x, target, weight);
  const Tensor difference = binary(Binary::kSubtract, x.value(), target);
  return weighed_loss(x, unary(Unary::kSquare, difference), scaled(difference, 2.0f), weight, way,
                      difference.size());
}

// The slope at the target itself is zero.
Var l1_loss(const Var& x, const Tensor& target, const Tensor& weight) {
  const Broadcast way = checked_rows("l1_loss", x, target, weight);
  const Tensor difference = binary(Binary::kSubtract, x.value(), target);
  const Tensor slope =
      binary(Binary::kSubtract, positive(difference), positive(unary(Unary::kNegate, difference)));
  return weighed_loss(x, unary(Unary::kAbs, difference), slope, weight, way, difference.size());
}

// loss = d^2 / 2 near zero and delta (|d| - delta / 2) beyond delta (Huber 1964). With
// far = max(|d| - delta, 0) and near = |d| - far that is near^2 / 2 + delta * far, and the slope
// is d held within [-delta, delta].
Var huber_loss(const Var& x, const Tensor& target, float delta, const Tensor& weight) {
  CHECK(delta > 0.0f);
  const Broadcast way = checked_rows("huber_loss", x, target, weight);
  const Tensor difference = binary(Binary::kSubtract, x.value(), target);
  const Tensor limit = constant_like(difference, delta);
  const Tensor size = unary(Unary::kAbs, difference);
  const Tensor far = unary(Unary::kRelu, binary(Binary::kSubtract, size, limit));
  const Tensor near = binary(Binary::kSubtract, size, far);
  const Tensor loss =
      binary(Binary::kAdd, scaled(unary(Unary::kSquare, near), 0.5f), scaled(far, delta));

  const Tensor lifted = binary(Binary::kMaximum, difference, constant_like(difference, -delta));
  const Tensor slope = binary(Binary::kSubtract, lifted,
                              unary(Unary::kRelu, binary(Binary::kSubtract, lifted, limit)));
  return weighed_loss(x, loss, slope, weight, way, difference.size());
}

// loss = relu(1 - t x).
Var hinge_loss(const Var& x, const Tensor& target, const Tensor& weight) {
  const Broadcast way = checked_rows("hinge_loss", x, target, weight);
  const Tensor agreement = binary(Binary::kMultiply, x.value(), target);
  const Tensor lack =
      unary(Unary::kNegate, binary(Binary::kSubtract, agreement, constant_like(agreement, 1.0f)));
  const Tensor slope = unary(Unary::kNegate, binary(Binary::kMultiply, positive(lack), target));
  return weighed_loss(x, unary(Unary::kRelu, lack), slope, weight, way, lack.size());
}

}  // namespace tengen::nn
