// BLEU: how much a translation has in common with reference translations (Papineni et al. 2002).
#pragma once

#include <string>
#include <vector>

namespace tengen::nn {

using Sentence = std::vector<std::string>;  // words or other tokens

struct BleuOptions {
  int longest = 4;  // n-grams of 1 to so many words, weighed alike
  // Smoothing: none, as in the paper (one n without a match makes BLEU zero); or one added to both
  // counts for n > 1 (Lin and Och 2004), which lone sentences need.
  bool add_one = false;
};

struct Bleu {
  double score = 0.0;              // brevity_penalty * geometric mean of the precisions, in [0, 1]
  std::vector<double> precisions;  // modified: an n-gram counts as often as one reference has it
  double brevity_penalty = 0.0;    // exp(1 - r / c) if the candidates' length c is below r, else 1
};

// Over a corpus: candidate i has the references references[i], at least one; r sums the lengths of
// the closest ones (of two as close, the shorter).
Bleu bleu(const std::vector<Sentence>& candidates,
          const std::vector<std::vector<Sentence>>& references, const BleuOptions& options = {});

}  // namespace tengen::nn
