#include "nn/layers/multi_head_attention.h"

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

int64_t memory_channels(int64_t channels, const MultiHeadAttentionOptions& options) {
  return options.memory_channels > 0 ? options.memory_channels : channels;
}

}  // namespace

MultiHeadAttention::MultiHeadAttention(int64_t channels, int64_t heads, Rng& rng,
                                       const MultiHeadAttentionOptions& options)
    : channels_(channels),
      memory_channels_(memory_channels(channels, options)),
      heads_(heads),
      causal_(options.causal),
      query_(channels, channels, rng, options.bias),
      key_(memory_channels_, channels, rng, options.bias),
      value_(memory_channels_, channels, rng, options.bias),
      out_(channels, channels, rng, options.bias) {
  CHECK(heads >= 1);
  CHECK(channels % heads == 0);
  add_child("query", query_);
  add_child("key", key_);
  add_child("value", value_);
  add_child("out", out_);
}

Var MultiHeadAttention::by_heads(const Var& x) const {
  const int64_t n = x.shape()[0], steps = x.shape()[1], size = channels_ / heads_;
  const Var split = reshape(x, {n, steps, heads_, size});
  return reshape(permute(split, {0, 2, 1, 3}), {n * heads_, steps, size});
}

Var MultiHeadAttention::forward(const Var& x) { return attend(x, x, {.causal = causal_}); }

Var MultiHeadAttention::attend(const Var& query, const Var& memory, const AttentionMask& mask,
                               Tensor* weights) {
  expect_shape(query, {"N", "T", channels_});
  expect_shape(memory, {query.shape()[0], "T", memory_channels_});
  const int64_t n = query.shape()[0], steps = query.shape()[1], size = channels_ / heads_;
  const Var seen =
      scaled_dot_product_attention(by_heads(query_.forward(query)), by_heads(key_.forward(memory)),
                                   by_heads(value_.forward(memory)), mask, weights);
  if (weights) *weights = weights->reshape({n, heads_, steps, memory.shape()[1]});
  const Var joined = permute(reshape(seen, {n, heads_, steps, size}), {0, 2, 1, 3});
  return out_.forward(reshape(joined, {n, steps, channels_}));
}

}  // namespace tengen::nn
