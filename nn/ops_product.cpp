#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/precision.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

// c [m,n] = a [m,k] b [k,n] and its two gradients, on dense row-major matrices.
struct Product {
  int64_t m, n, k;
  Precision precision = product_precision();

  void value(const Tensor& a, const Tensor& b, Tensor& c) const {
    a.device().gemm({false, false, m, n, k, k, n, n, 0.0f, precision}, a.data(), b.data(),
                    c.data());
  }
  void add_grads(const Var& a, const Var& b, const Tensor& dc) const {
    float beta = 0.0f;
    if (a.requires_grad()) {  // da = dc b^T
      Tensor& da = a.accumulator(&beta);
      dc.device().gemm({false, true, m, k, n, n, n, k, beta, precision}, dc.data(),
                       b.value().data(), da.data());
    }
    if (b.requires_grad()) {  // db = a^T dc
      Tensor& db = b.accumulator(&beta);
      dc.device().gemm({true, false, k, n, m, k, n, n, beta, precision}, a.value().data(),
                       dc.data(), db.data());
    }
  }
};

}  // namespace

Var matmul(const Var& a, const Var& b) {
  if (a.shape().rank() != 2) wrong_shape("matmul", "a [m,k]", a.shape());
  if (b.shape().rank() != 2 || b.shape()[0] != a.shape()[1])
    wrong_shape("matmul", "b [" + std::to_string(a.shape()[1]) + ",n]", b.shape());
  const Product product{a.shape()[0], b.shape()[1], a.shape()[1]};
  Tensor c = Tensor::uninitialized({product.m, product.n}, a.value().device());
  product.value(a.value(), b.value(), c);
  const Var result = make_var(std::move(c), {a, b},
                              [a, b, product](const Tensor& dc) { product.add_grads(a, b, dc); });
  if (tracing()) record_operation("matmul", {a, b}, result);
  return result;
}

Var linear(const Var& x, const Var& weight, const Var& bias) {
  if (weight.shape().rank() != 2) wrong_shape("linear", "weight [in,out]", weight.shape());
  const int64_t in = weight.shape()[0], out = weight.shape()[1];
  if (x.shape().rank() < 1 || x.shape()[-1] != in)
    wrong_shape("linear", "x [...," + std::to_string(in) + "]", x.shape());
  if (bias.defined() && bias.shape() != Shape{out})
    wrong_shape("linear", "bias " + Shape{out}.text(), bias.shape());

  Tensor y = Tensor::uninitialized(x.shape().with(-1, out), x.value().device());
  const Product product{in > 0 ? x.value().size() / in : 0, out, in};
  product.value(x.value(), weight.value(), y);
  const Broadcast way{1, product.m, out};
  if (bias.defined()) add_in_place(y, bias.value(), way);

  const Var result = make_var(std::move(y), {x, weight, bias},
                              [x, weight, bias = bias.slot(), product, way](const Tensor& dy) {
                                product.add_grads(x, weight, dy);
                                if (bias.requires_grad())
                                  bias.add_grad(sum_over(dy, way, bias.shape()));
                              });
  if (tracing()) record_operation("linear", {x, weight, bias}, result);
  return result;
}

}  // namespace tengen::nn
