// Label sequences from the outputs of a network trained with ctc_loss.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/ops.h"
#include "nn/tensor.h"

namespace tengen::nn {

// The best class of every step, repetitions merged, blanks dropped: the labels of the likeliest
// single alignment of every row of logits [N,T,C] (Graves et al. 2006, section 3.2).
std::vector<std::vector<int32_t>> ctc_greedy(const Tensor& logits, const CtcOptions& options = {});

struct CtcHypothesis {
  std::vector<int32_t> labels;
  double log_probability;  // of the labels: the sum over the alignments that the search kept
};
// Prefix beam search (Graves 2012, section 7.5.3; Hannun et al. 2014): for every row at most
// `width` label sequences, likeliest first. With a width that never drops a prefix it is exact.
std::vector<std::vector<CtcHypothesis>> ctc_beam(const Tensor& logits, int width,
                                                 const CtcOptions& options = {});

}  // namespace tengen::nn
