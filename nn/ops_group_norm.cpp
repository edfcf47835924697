// Normalisation within one row or one image.
#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

Var normalized(const char* op, const GroupNormShape& shape, const Var& x, const Var& gamma,
               const Var& beta) {
  const Shape channels{shape.channels};
  if (gamma.shape() != channels) wrong_shape(op, "gamma " + channels.text(), gamma.shape());
  if (beta.shape() != channels) wrong_shape(op, "beta " + channels.text(), beta.shape());
  Device& device = x.value().device();
  Tensor y = Tensor::uninitialized(x.shape(), device);
  Tensor mean = Tensor::uninitialized({shape.n, shape.groups}, device);
  Tensor inverse_std = Tensor::uninitialized({shape.n, shape.groups}, device);
  device.group_norm(shape, x.value().data(), gamma.value().data(), beta.value().data(), y.data(),
                    mean.data(), inverse_std.data());
  return make_var(std::move(y), {x, gamma, beta},
                  [x, gamma, beta = beta.slot(), mean, inverse_std, shape](const Tensor& dy) {
                    Tensor dx = Tensor::uninitialized(x.shape(), dy.device());
                    Tensor dgamma = Tensor::uninitialized(gamma.shape(), dy.device());
                    Tensor dbeta = Tensor::uninitialized(gamma.shape(), dy.device());
                    dy.device().group_norm_grad(
                        shape, x.value().data(), dy.data(), gamma.value().data(), mean.data(),
                        inverse_std.data(), dx.data(), dgamma.data(), dbeta.data());
                    x.add_grad(dx);
                    gamma.add_grad(dgamma);
                    beta.add_grad(dbeta);
                  });
}

}  // namespace

Var layer_norm(const Var& x, const Var& gamma, const Var& beta, float epsilon) {
  if (x.shape().rank() < 1 || x.shape()[-1] < 1) wrong_shape("layer_norm", "x [...,C]", x.shape());
  const int64_t channels = x.shape()[-1];
  const Var result = normalized("layer_norm",
                                {.n = x.value().size() / channels,
                                 .points = 1,
                                 .channels = channels,
                                 .groups = 1,
                                 .epsilon = epsilon},
                                x, gamma, beta);
  if (tracing()) record_operation("layer_norm", {x, gamma, beta}, result, {{"epsilon", epsilon}});
  return result;
}

Var group_norm(const Var& x, int64_t groups, const Var& gamma, const Var& beta, float epsilon) {
  CHECK(groups >= 1);
  const Shape& shape = x.shape();
  if (shape.rank() < 2 || shape[-1] < 1 || shape[-1] % groups != 0)
    wrong_shape("group_norm", "x [N,...,C] with C a multiple of " + std::to_string(groups), shape);
  int64_t points = 1;
  for (int axis = 1; axis < shape.rank() - 1; ++axis) points *= shape[axis];
  CHECK(points > 0);
  const Var result = normalized("group_norm",
                                {.n = shape[0],
                                 .points = points,
                                 .channels = shape[-1],
                                 .groups = groups,
                                 .epsilon = epsilon},
                                x, gamma, beta);
  if (tracing())
    record_operation("group_norm", {x, gamma, beta}, result,
                     {{"groups", double(groups)}, {"epsilon", epsilon}});
  return result;
}

}  // namespace tengen::nn
