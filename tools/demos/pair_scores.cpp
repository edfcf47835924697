#include "tools/demos/pair_scores.h"

#include <fmt/core.h>

#include "nn/training/bleu.h"

namespace tengen::tools {
namespace {

nn::Sentence words_of(const std::string& text) {
  const auto words = nn::split_words(text);
  return {words.begin(), words.end()};
}

}  // namespace

PairScores test_pairs(Translator& translator, std::span<const nn::TextPair> pairs, int64_t beam) {
  constexpr size_t kShown = 5;
  std::vector<nn::Sentence> candidates;
  std::vector<std::vector<nn::Sentence>> references;
  double exact = 0.0;
  for (const auto& [source, expected] : pairs) {
    const std::string text = translator.translate(source, beam).text;
    if (candidates.size() < kShown)
      fmt::print("\n  read:     {}\n  expected: {}\n  written:  {}\n", source, expected, text);
    candidates.push_back(words_of(text));
    references.push_back({words_of(expected)});
    if (candidates.back() == references.back()[0]) ++exact;
  }
  fmt::print("\n");
  return {nn::bleu(candidates, references).score, exact / static_cast<double>(pairs.size())};
}

}  // namespace tengen::tools
