// Softmax and what it is most used for: attention (Vaswani et al. 2017, "Attention Is All You
// Need", section 3.2.1).
#include <cmath>

#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/precision.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

// c = op(a) op(b) for every entry of a batch, with dense matrices.
struct BatchProduct {
  int64_t batch, m, n, k;
  BatchMatmulOptions options;
  Precision precision;

  void value(const Tensor& a, const Tensor& b, Tensor& c) const {
    multiply(options.transpose_a, a, options.transpose_b, b, c, m, n, k, 0);
  }
  // op(a) gets dc op(b)^T and op(b) gets op(a)^T dc; a and b themselves that or its transpose.
  void add_grads(const Var& a, const Var& b, const Tensor& dc) const {
    float beta = 0;
    if (a.requires_grad()) {
      Tensor& da = a.accumulator(&beta);
      if (options.transpose_a)
        multiply(options.transpose_b, b.value(), true, dc, da, k, m, n, beta);
      else
        multiply(false, dc, !options.transpose_b, b.value(), da, m, k, n, beta);
    }
    if (b.requires_grad()) {
      Tensor& db = b.accumulator(&beta);
      if (options.transpose_b)
        multiply(true, dc, options.transpose_a, a.value(), db, n, k, m, beta);
      else
        multiply(!options.transpose_a, a.value(), false, dc, db, k, n, m, beta);
    }
  }

 private:
  // z [batch,rows,columns] = op(x) op(y) + beta z, summing over `depth`.
  void multiply(bool transpose_x, const Tensor& x, bool transpose_y, const Tensor& y, Tensor& z,
                int64_t rows, int64_t columns, int64_t depth, float beta) const {
    const GemmShape shape{.transpose_a = transpose_x,
                          .transpose_b = transpose_y,
                          .m = rows,
                          .n = columns,
                          .k = depth,
                          .lda = transpose_x ? rows : depth,
                          .ldb = transpose_y ? depth : columns,
                          .ldc = columns,
                          .beta = beta,
                          .precision = precision};
    z.device().gemm_batch(shape, batch, x.data(), rows * depth, y.data(), depth * columns, z.data(),
                          rows * columns);
  }
};

// The lengths of `sequences` as whole numbers up to `keys`.
std::shared_ptr<void> checked_lengths(const Var& lengths, int64_t batch, int64_t keys) {
  if (lengths.shape().rank() != 1 || lengths.shape()[0] < 1 || batch % lengths.shape()[0] != 0)
    wrong_shape("masked_softmax",
                "lengths [N] with N a divisor of the batch " + std::to_string(batch),
                lengths.shape());
  const Tensor& values = lengths.value();
  std::shared_ptr<void> memory = values.device().allocate(values.size() * sizeof(int32_t));
  const int64_t right = values.device().to_indices(values.size(), keys + 1, values.data(),
                                                   static_cast<int32_t*>(memory.get()));
  if (right < values.size())
    throw CheckFailure("masked_softmax: length " + std::to_string(values.to_vector()[right]) +
                       " of sequence " + std::to_string(right) +
                       " is no whole number of keys, of which there are " + std::to_string(keys));
  return memory;
}

Var softmax_of(const Var& x, const SoftmaxMask& mask) {
  const int64_t columns = x.shape()[-1], rows = x.value().size() / columns;
  Tensor y = Tensor::uninitialized(x.shape(), x.value().device());
  y.device().softmax(rows, columns, mask, x.value().data(), y.data());
  return make_var(y, {x}, [x = x.slot(), y, rows, columns](const Tensor& dy) {
    Tensor dx = Tensor::uninitialized(y.shape(), y.device());
    y.device().softmax_grad(rows, columns, y.data(), dy.data(), dx.data());
    x.add_grad(dx);
  });
}

}  // namespace

Var batch_matmul(const Var& a, const Var& b, const BatchMatmulOptions& options) {
  if (a.shape().rank() != 3) wrong_shape("batch_matmul", "a [B,m,k]", a.shape());
  const BatchProduct product{
      .batch = a.shape()[0],
      .m = a.shape()[options.transpose_a ? 2 : 1],
      .n = b.shape().rank() == 3 ? b.shape()[options.transpose_b ? 1 : 2] : 0,
      .k = a.shape()[options.transpose_a ? 1 : 2],
      .options = options,
      .precision = product_precision()};
  const Shape wanted = options.transpose_b ? Shape{product.batch, product.n, product.k}
                                           : Shape{product.batch, product.k, product.n};
  if (b.shape() != wanted) {
    const std::string batch = std::to_string(product.batch), k = std::to_string(product.k);
    wrong_shape("batch_matmul",
                "b [" + batch + (options.transpose_b ? ",n," + k : "," + k + ",n") + "]",
                b.shape());
  }
  Tensor c = Tensor::uninitialized({product.batch, product.m, product.n}, a.value().device());
  product.value(a.value(), b.value(), c);
  const Var result = make_var(std::move(c), {a, b},
                              [a, b, product](const Tensor& dc) { product.add_grads(a, b, dc); });
  if (tracing())
    record_operation("batch_matmul", {a, b}, result,
                     {{"transpose_a", double(options.transpose_a)},
                      {"transpose_b", double(options.transpose_b)}});
  return result;
}

Var softmax(const Var& x) {
  if (x.shape().rank() < 1 || x.shape()[-1] < 1) wrong_shape("softmax", "x [...,n]", x.shape());
  const Var result = softmax_of(x, {});
  if (tracing()) record_operation("softmax", {x}, result);
  return result;
}

Var masked_softmax(const Var& scores, const AttentionMask& mask) {
  const Shape& shape = scores.shape();
  if (shape.rank() != 3 || shape[1] < 1 || shape[2] < 1)
    wrong_shape("masked_softmax", "scores [B,queries,keys]", shape);
  SoftmaxMask rows{.queries = shape[1], .causal = mask.causal};
  std::shared_ptr<void> lengths;
  if (mask.lengths.defined()) {
    check_same_device("attention's scores and lengths", scores.value(), mask.lengths.value());
    lengths = checked_lengths(mask.lengths, shape[0], shape[2]);
    rows.lengths = static_cast<const int32_t*>(lengths.get());
    rows.rows_per_length = shape[0] / mask.lengths.shape()[0] * shape[1];
  }
  const Var result = softmax_of(scores, rows);
  if (tracing()) {
    std::vector<Var> inputs{scores};
    if (mask.lengths.defined()) inputs.push_back(mask.lengths);
    record_operation("masked_softmax", inputs, result, {{"causal", double(mask.causal)}});
  }
  return result;
}

Var scaled_dot_product_attention(const Var& query, const Var& key, const Var& value,
                                 const AttentionMask& mask, Tensor* weights) {
  const char* name = "scaled_dot_product_attention";
  if (query.shape().rank() != 3 || query.shape()[2] < 1)
    wrong_shape(name, "query [B,Tq,D]", query.shape());
  if (value.shape().rank() != 3) wrong_shape(name, "value [B,Tk,V]", value.shape());
  const Shape keys{query.shape()[0], value.shape()[1], query.shape()[2]};
  if (key.shape() != keys) wrong_shape(name, "key " + keys.text(), key.shape());

  const float factor = static_cast<float>(1 / std::sqrt(static_cast<double>(keys[2])));
  const Var scores = batch_matmul(scale(query, factor), key, {.transpose_b = true});
  const Var share =
      mask.causal || mask.lengths.defined() ? masked_softmax(scores, mask) : softmax(scores);
  if (weights) *weights = share.value();
  return batch_matmul(share, value);
}

}  // namespace tengen::nn
