// How well a translator does on pairs that it has not learned from.
#pragma once

#include <cstdint>
#include <span>

#include "tools/demos/translator.h"

namespace tengen::tools {

struct PairScores {
  double bleu = 0.0;   // of words and punctuation (split_words), one reference, in [0, 1]
  double exact = 0.0;  // share of the pairs whose words all are as expected
};

// Translates them all, and prints the first few.
PairScores test_pairs(Translator& translator, std::span<const nn::TextPair> pairs, int64_t beam);

}  // namespace tengen::tools
