// Beam search: the likeliest sequences that a network writes one token at a time (Sutskever et al.
// 2014, section 3.2), weighed against their lengths (Wu et al. 2016, "Google's Neural Machine
// Translation System", equation 14 without its coverage penalty).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "nn/tensor.h"

namespace tengen::nn {

struct BeamOptions {
  int64_t width = 5;                // hypotheses kept after every token; 1: greedy
  int64_t longest = 64;             // tokens after which a hypothesis is cut off
  double length_penalty = 0.6;      // alpha >= 0; 0 prefers short sequences
  int32_t begin = 0, end = 0;       // around every sequence; neither is in a hypothesis
  std::vector<int32_t> never = {};  // tokens that are not written, such as padding
};

struct Hypothesis {
  std::vector<int32_t> tokens;
  double log_probability = 0.0;  // of the tokens and, unless it was cut off, of the end
  double score = 0.0;            // log_probability / ((5 + length) / 6)^alpha, the end counted
};

// What the network says of the next token of K hypotheses: log-probabilities [K,V]. Hypothesis k
// is number parents[k] of the call before, and tokens[k]. The first call is about one of parent 0
// and the token `begin`.
using BeamStep =
    std::function<Tensor(const std::vector<int64_t>& parents, const std::vector<int32_t>& tokens)>;

// At most `width` hypotheses, the best score first. It ends when no open one can become better than
// the best whole one, or, with `width` whole ones, when none is as it stands.
std::vector<Hypothesis> beam_search(const BeamStep& step, const BeamOptions& options);

}  // namespace tengen::nn
