// What a translator makes of words that its network does not know.
#include "tools/demos/translator.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tengen::tools {
namespace {

// Its vocabularies have no words at all, so that whatever it writes is copied from the source: from
// where the attention, which sums to one, is greatest. A bias makes it write.
TEST(Translator, CopiesUnknownWordsFromWhereItLooked) {
  const std::vector<nn::TextPair> pairs = {{"ein hund", "a dog"}};
  const std::vector<std::string> source = {"three", "unknown", "words", "<eos>"};
  size_t copied = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Rng rng(seed);
    TranslatorOptions options{
        .unit = nn::VocabularyOptions::Unit::kWord, .min_count = 2, .max_tokens = 6};
    options.net = {.embedding = 4, .hidden = 4};
    Translator translator(pairs, options, rng);
    for (nn::NamedVar parameter : translator.net().parameters())
      if (parameter.path == "scores.bias")
        parameter.var.value().values()[nn::Vocabulary::kUnknown] = 8.0f;
    translator.net().train(false);
    const Translation result = translator.translate("Three UNKNOWN words", 2);
    EXPECT_EQ(result.read, source);
    copied += result.written.size();
    for (size_t step = 0; step < result.written.size(); ++step) {
      const auto row = result.attention.values().subspan(step * source.size(), source.size());
      const auto best = std::max_element(row.begin(), row.end() - 1) - row.begin();
      EXPECT_EQ(result.written[step], source[static_cast<size_t>(best)]);
      EXPECT_NEAR(row[0] + row[1] + row[2] + row[3], 1.0f, 1e-5f);
    }
  }
  EXPECT_GT(copied, 20u);
}

}  // namespace
}  // namespace tengen::tools
