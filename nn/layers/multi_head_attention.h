// Multi-head attention (Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2):
// queries [N,Tq,C] look at a memory [N,Tk,M] through `heads` projections of C / heads channels.
#pragma once

#include "nn/layers/linear.h"
#include "nn/ops.h"

namespace tengen::nn {

struct MultiHeadAttentionOptions {
  bool causal = false;          // of forward(x): nobody sees what comes later
  bool bias = true;             // of the four projections
  int64_t memory_channels = 0;  // M; 0: the same as C
};

class MultiHeadAttention : public Layer {
 public:
  // `heads` divides `channels`.
  MultiHeadAttention(int64_t channels, int64_t heads, Rng& rng,
                     const MultiHeadAttentionOptions& options = {});

  // Self-attention, [N,T,C] -> [N,T,C].
  Var forward(const Var& x) override;
  // Over a memory, of which mask.lengths [N] says how much is real. `weights`, if wanted, gets who
  // looked where, [N,heads,Tq,Tk].
  Var attend(const Var& query, const Var& memory, const AttentionMask& mask = {},
             Tensor* weights = nullptr);

 private:
  Var by_heads(const Var& x) const;  // [N,T,C] -> [N * heads,T,C / heads]

  int64_t channels_, memory_channels_, heads_;
  bool causal_;
  Linear query_, key_, value_, out_;
};

}  // namespace tengen::nn
