#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

// All axes but the last are rows: {1, rows, channels}.
Broadcast rows_of(const char* op, const Var& x, const Var& gamma, const Var& beta) {
  if (x.shape().rank() < 2) wrong_shape(op, "x [...,C]", x.shape());
  const Shape channels{x.shape()[-1]};
  if (gamma.shape() != channels) wrong_shape(op, "gamma " + channels.text(), gamma.shape());
  if (beta.shape() != channels) wrong_shape(op, "beta " + channels.text(), beta.shape());
  return {1, channels[0] > 0 ? x.value().size() / channels[0] : 0, channels[0]};
}

Tensor filled(const Tensor& like, float value) {
  Tensor out = Tensor::uninitialized(like.shape(), like.device());
  out.fill(value);
  return out;
}

// 1 / inverse_std^2 - epsilon, not below zero.
Tensor variance_of(const Tensor& inverse_std, float epsilon) {
  const Tensor one = filled(inverse_std, 1.0f);
  Tensor variance = binary(Binary::kDivide, one, unary(Unary::kSquare, inverse_std));
  variance.device().axpy(variance.size(), -epsilon, one.data(), variance.data());
  return unary(Unary::kRelu, variance);
}

// What a batch's normalisation leaves for its gradient.
struct BatchStatistics {
  BatchStatistics(const char* op, const Var& x, const Var& gamma, const Var& beta)
      : way(rows_of(op, x, gamma, beta)),
        mean(Tensor::uninitialized(gamma.shape(), x.value().device())),
        inverse_std(Tensor::uninitialized(gamma.shape(), x.value().device())) {
    if (tracing())
      throw CheckFailure("batch norm in training mode cannot be traced: call train(false) first");
    CHECK(way.axis > 0);
  }
  void tell(float epsilon, Tensor* batch_mean, Tensor* batch_variance) const {
    if (batch_mean) *batch_mean = mean;
    if (batch_variance) *batch_variance = variance_of(inverse_std, epsilon);
  }
  Broadcast way;
  Tensor mean, inverse_std;
};

}  // namespace

Var batch_norm_train(const Var& x, const Var& gamma, const Var& beta, float epsilon,
                     Tensor* batch_mean, Tensor* batch_variance) {
  BatchStatistics batch("batch_norm_train", x, gamma, beta);
  Device& device = x.value().device();
  Tensor y = Tensor::uninitialized(x.shape(), device);
  device.batch_norm(batch.way.axis, batch.way.inner, epsilon, x.value().data(),
                    gamma.value().data(), beta.value().data(), y.data(), batch.mean.data(),
                    batch.inverse_std.data());
  batch.tell(epsilon, batch_mean, batch_variance);
  return make_var(
      std::move(y), {x, gamma, beta}, [x, gamma, beta = beta.slot(), batch](const Tensor& dy) {
        Tensor dx = Tensor::uninitialized(x.shape(), dy.device());
        Tensor dgamma = Tensor::uninitialized(gamma.shape(), dy.device());
        Tensor dbeta = Tensor::uninitialized(gamma.shape(), dy.device());
        dy.device().batch_norm_grad(
            batch.way.axis, batch.way.inner, x.value().data(), dy.data(), gamma.value().data(),
            batch.mean.data(), batch.inverse_std.data(), dx.data(), dgamma.data(), dbeta.data());
        x.add_grad(dx);
        gamma.add_grad(dgamma);
        beta.add_grad(dbeta);
      });
}

Var batch_norm_relu_train(const Var& x, const Var& gamma, const Var& beta, const Var& residual,
                          float epsilon, Tensor* batch_mean, Tensor* batch_variance) {
  BatchStatistics batch("batch_norm_relu_train", x, gamma, beta);
  if (residual.defined() && residual.shape() != x.shape())
    wrong_shape("batch_norm_relu_train", "residual " + x.shape().text(), residual.shape());
  Device& device = x.value().device();
  Tensor y = Tensor::uninitialized(x.shape(), device);
  device.batch_norm_relu(batch.way.axis, batch.way.inner, epsilon, x.value().data(),
                         gamma.value().data(), beta.value().data(),
                         residual.defined() ? residual.value().data() : nullptr, y.data(),
                         batch.mean.data(), batch.inverse_std.data());
  batch.tell(epsilon, batch_mean, batch_variance);
  return make_var(
      y, {x, gamma, beta, residual},
      [x, y, gamma, beta = beta.slot(), residual = residual.slot(), batch](const Tensor& dy) {
        Tensor dx = Tensor::uninitialized(x.shape(), dy.device());
        Tensor dgamma = Tensor::uninitialized(gamma.shape(), dy.device());
        Tensor dbeta = Tensor::uninitialized(gamma.shape(), dy.device());
        Tensor dresidual;
        if (residual.requires_grad()) dresidual = Tensor::uninitialized(x.shape(), dy.device());
        dy.device().batch_norm_relu_grad(batch.way.axis, batch.way.inner, x.value().data(),
                                         y.data(), dy.data(), gamma.value().data(),
                                         batch.mean.data(), batch.inverse_std.data(), dx.data(),
                                         dgamma.data(), dbeta.data(), dresidual.data());
        x.add_grad(dx);
        gamma.add_grad(dgamma);
        beta.add_grad(dbeta);
        if (dresidual.defined()) residual.add_grad(dresidual);
      });
}

Var batch_norm_infer(const Var& x, const Var& gamma, const Var& beta, const Tensor& mean,
                     const Tensor& variance, float epsilon) {
  const Broadcast way = rows_of("batch_norm_infer", x, gamma, beta);
  if (mean.shape() != gamma.shape())
    wrong_shape("batch_norm_infer", "mean " + gamma.shape().text(), mean.shape());
  if (variance.shape() != gamma.shape())
    wrong_shape("batch_norm_infer", "variance " + gamma.shape().text(), variance.shape());

  // y = (x - mean) * inverse_std * gamma + beta = x * factor + offset
  const Tensor inverse_std =
      binary(Binary::kDivide, filled(variance, 1.0f),
             unary(Unary::kSqrt, binary(Binary::kAdd, variance, filled(variance, epsilon))));
  const Tensor factor = binary(Binary::kMultiply, inverse_std, gamma.value());
  const Tensor offset =
      binary(Binary::kSubtract, beta.value(), binary(Binary::kMultiply, mean, factor));
  Tensor y = binary(Binary::kMultiply, x.value(), factor, way);
  add_in_place(y, offset, way);

  const Var result =
      make_var(std::move(y), {x, gamma, beta},
               [x, gamma, beta = beta.slot(), mean, inverse_std, factor, way](const Tensor& dy) {
                 if (x.requires_grad()) x.add_grad(binary(Binary::kMultiply, dy, factor, way));
                 if (beta.requires_grad()) beta.add_grad(sum_over(dy, way, beta.shape()));
                 if (gamma.requires_grad()) {
                   const Tensor centred = binary(Binary::kSubtract, x.value(), mean, way);
                   const Tensor weighed = binary(Binary::kMultiply, dy, centred);
                   gamma.add_grad(binary(Binary::kMultiply, sum_over(weighed, way, gamma.shape()),
                                         inverse_std));
                 }
               });
  if (tracing())
    record_operation("batch_norm_infer", {x, gamma, beta, Var(mean), Var(variance)}, result,
                     {{"epsilon", epsilon}});
  return result;
}

}  // namespace tengen::nn
