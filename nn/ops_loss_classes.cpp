// Losses whose target is the number of a class.
#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "nn/loss_rows.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

Tensor on_host(const Tensor& x) {
  Tensor out = Tensor::uninitialized(x.shape(), reference_device());
  x.device().copy_to_host(out.data(), x.data(), out.values().size_bytes());
  return out;
}

// [rows, n]: `on` at each row's class, `off` elsewhere. Made in host memory.
Tensor one_hot(const char* op, const Var& x, const Tensor& classes, float on, float off) {
  const int64_t rows = x.shape()[0], n = x.shape()[1];
  if (classes.shape() != Shape{rows})
    wrong_shape(op, "classes " + Shape{rows}.text(), classes.shape());
  const Tensor numbers = on_host(classes);
  Tensor host = Tensor::uninitialized(x.shape(), reference_device());
  const std::span<float> values = host.values();
  std::fill(values.begin(), values.end(), off);
  for (int64_t row = 0; row < rows; ++row) {
    const float number = numbers.values()[row];
    if (!(number >= 0.0f && number < static_cast<float>(n) && number == std::floor(number)))
      throw Error(std::string(op) + ": row " + std::to_string(row) + ": class " +
                  std::to_string(number) + " where a whole number below " + std::to_string(n) +
                  " is expected; check the labels, or give the network more outputs");
    values[row * n + static_cast<int64_t>(number)] = on;
  }
  return Tensor(x.shape(), values, x.value().device());
}

// The sum over the columns of x * mask, a number a row.
Tensor row_sums(const Tensor& x, const Tensor& mask, const Broadcast& way) {
  return sum_over(binary(Binary::kMultiply, x, mask), {way.outer, way.axis, 1}, {way.outer});
}

}  // namespace

Var class_cross_entropy(const Var& logits, const Tensor& classes, const ClassLossOptions& options) {
  checked_rows("class_cross_entropy", logits, options.weight);
  CHECK(options.label_smoothing >= 0.0f);
  CHECK(options.label_smoothing < 1.0f);
  const float off = options.label_smoothing / static_cast<float>(logits.shape()[1]);
  const float on = 1.0f - options.label_smoothing + off;
  return cross_entropy(logits, one_hot("class_cross_entropy", logits, classes, on, off),
                       options.weight);
}

Var nll_loss(const Var& log_p, const Tensor& classes, const Tensor& weight) {
  const Broadcast way = checked_rows("nll_loss", log_p, weight);
  const Tensor slope = one_hot("nll_loss", log_p, classes, -1.0f, 0.0f);
  return weighed_loss(log_p, binary(Binary::kMultiply, log_p.value(), slope), slope, weight, way,
                      way.outer);
}

// With lack[j] = 1 + x[j] - x[class] and violated[j] = (lack[j] > 0) for the other classes, the
// slope is violated[j] there and -sum violated at the class.
Var class_hinge_loss(const Var& x, const Tensor& classes, const Tensor& weight) {
  const Broadcast way = checked_rows("class_hinge_loss", x, weight);
  const Tensor own = one_hot("class_hinge_loss", x, classes, 1.0f, 0.0f);
  const Tensor others = one_hot("class_hinge_loss", x, classes, 0.0f, 1.0f);
  const Tensor score = row_sums(x.value(), own, way);
  const Tensor limit = binary(Binary::kSubtract, score, constant_like(score, 1.0f));
  const Tensor lack =
      binary(Binary::kMultiply,
             unary(Unary::kRelu, binary(Binary::kSubtract, x.value(), limit, way)), others);
  Tensor violated = Tensor::uninitialized(x.shape(), x.value().device());
  violated.device().unary_grad(Unary::kRelu, lack.size(), lack.data(), lack.data(), others.data(),
                               violated.data());
  const Tensor count = row_sums(violated, others, way);
  const Tensor slope =
      binary(Binary::kSubtract, violated, binary(Binary::kMultiply, own, count, way));
  return weighed_loss(x, lack, slope, weight, way, way.outer);
}

}  // namespace tengen::nn
