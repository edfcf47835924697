#include "nn/data/text.h"

#include <gtest/gtest.h>

#include "nn/data/loader.h"
#include "nn/data/sequences.h"
#include "nn/data/vocabulary.h"
#include "nn/io/gzip.h"
#include "tests/nn/data_folder.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

using Unit = VocabularyOptions::Unit;

std::vector<std::string> strings(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

TEST(Text, CutsIntoCharactersAndWords) {
  EXPECT_EQ(strings(split_characters("aß天𝛑")), (std::vector<std::string>{"a", "ß", "天", "𝛑"}));
  EXPECT_EQ(strings(split_words("It's  a Straße, (no. 7)!\n")),
            (std::vector<std::string>{"It's", "a", "Straße", ",", "(", "no", ".", "7", ")", "!"}));
  EXPECT_TRUE(split_words(" \t\n").empty());
}

// Pairs from Unicode's table (UnicodeData.txt), and signs that have no small letter.
TEST(Text, TurnsCapitalsIntoSmallLetters) {
  EXPECT_EQ(lower_case("AZaz09[@ ÀÖØÞß×÷ÿ ĀāĶĹĺŇňŊŶŸŹźŽſ"), "azaz09[@ àöøþß×÷ÿ āāķĺĺňňŋŷÿźźžſ");
  EXPECT_EQ(lower_case("ΆΈΊΌΎΏΑΩΫ άω ЀЏАЯ яџ 天"), "άέίόύώαωϋ άω ѐџая яџ 天");
}

TEST(Text, WhatIsNotUtf8IsAnErrorThatNamesLineAndByte) {
  // Overlong, a surrogate, beyond U+10FFFF, a lone continuation, cut off (RFC 3629, section 3).
  for (const char* bad : {"ab\xc0\xaf", "ab\xe0\x80\xaf", "ab\xed\xa0\x80", "ab\xf4\x90\x80\x80",
                          "ab\x80", "ab\xe5\xa4", "ab\xf0\x8f\xbf\xbf", "ab\xff"})
    expect_error([&] { split_characters(bad); }, {"line 1, byte 2: not UTF-8"});
  const ScratchFolder folder;
  const std::string path = folder.write("latin.txt",
                                        "die\nStra\xdf"
                                        "e");
  expect_error([&] { read_text(path); }, {path + ": line 2, byte 8: not UTF-8"});
}

TEST(Text, ReadsLinesPlainAndPacked) {
  const ScratchFolder folder;
  const std::vector<std::string> expected = {"one", "", "drei"};
  EXPECT_EQ(read_lines(folder.write("a", "\xef\xbb\xbfone\r\n\ndrei")), expected);
  EXPECT_EQ(read_lines(folder.write("b", gzip("one\n\ndrei\n"))), expected);
  EXPECT_TRUE(read_lines(folder.write("c", "")).empty());
}

TEST(Text, ReadsPairs) {
  const ScratchFolder folder;
  const std::string en = folder.write("x.en", "a\nb\n"), de = folder.write("x.de", "ä\nß\n");
  EXPECT_EQ(read_parallel(en, de), (std::vector<TextPair>{{"a", "ä"}, {"b", "ß"}}));
  const std::string more = folder.write("y.de", "ä\nß\nc\n");
  expect_error([&] { read_parallel(en, more); }, {more + ": line 3", en + " ends after 2"});
  expect_error([&] { read_parallel(more, en); }, {more + ": line 3", en + " ends after 2"});
  const std::string tsv = folder.write("p.tsv", "1\thello\thi\n\n2\tbye\tso long\n3\tonly\n");
  expect_error([&] { read_tsv_pairs(tsv, 1, 2); }, {tsv, "line 4", "2 columns", "3 are needed"});
  EXPECT_EQ(read_tsv_pairs(tsv, 1, 0)[1], (TextPair{"bye", "2"}));
}

TEST(Vocabulary, OfCharactersFollowsTheCodePoints) {
  const Vocabulary vocabulary("hello ß", {});
  EXPECT_EQ(vocabulary.size(), 6);  // " ehloß"
  EXPECT_EQ(vocabulary.encode("hole"), (std::vector<int32_t>{2, 4, 3, 1}));
  EXPECT_EQ(vocabulary.token(5), "ß");
  EXPECT_EQ(vocabulary.decode(vocabulary.encode("ßel h")), "ßel h");
  expect_error([&] { vocabulary.encode("x"); }, {"no \"x\""});
}

TEST(Vocabulary, OfWordsPutsSpecialTokensAndFrequentWordsFirst) {
  const Vocabulary vocabulary("b a b c c b a d",
                              {.unit = Unit::kWord, .specials = true, .min_count = 2});
  EXPECT_EQ(vocabulary.size(), 4 + 3);
  EXPECT_EQ(vocabulary.token(Vocabulary::kPad), "<pad>");
  EXPECT_EQ(vocabulary.token(Vocabulary::kEnd), "<eos>");
  EXPECT_EQ(vocabulary.encode("b a c d x"), (std::vector<int32_t>{4, 5, 6, 1, 1}));
  EXPECT_EQ(vocabulary.decode(std::vector<int32_t>{2, 4, 1, 3, 0, 0}), "b <unk>");
  const Vocabulary small("b a b c c b a d", {.unit = Unit::kWord, .max_size = 2});
  EXPECT_EQ(small.size(), 2);
}

TEST(Vocabulary, TellsWhatItHas) {
  const Vocabulary vocabulary("one two", {.unit = Unit::kWord, .specials = true});
  EXPECT_TRUE(vocabulary.has("two"));
  EXPECT_FALSE(vocabulary.has("three"));
}

TEST(Vocabulary, IsKeptAsJson) {
  const Vocabulary vocabulary("ein \"Wort\" ß", {.unit = Unit::kWord, .specials = true});
  const Vocabulary read = Vocabulary::from_json(vocabulary.to_json());
  EXPECT_EQ(read.to_json(), vocabulary.to_json());
  EXPECT_EQ(read.encode("Wort ß neu"), vocabulary.encode("Wort ß neu"));
  for (const char* bad : {"{", "{}", R"({"unit":"word","specials":false,"tokens":["a","a"]})",
                          R"({"unit":"word","specials":true,"tokens":["a"]})",
                          R"({"unit":"line","specials":false,"tokens":[]})"})
    expect_error([&] { Vocabulary::from_json(bad); }, {"vocabulary: "});
}

TEST(Sequences, WindowsAreShiftedByOne) {
  const std::vector<int32_t> ids = {0, 1, 2, 3, 4, 5, 6};
  const DatasetPtr windows = window_dataset(ids, 3);
  ASSERT_EQ(windows->size(), 2);
  EXPECT_EQ(windows->get(1)[0].to_vector(), (std::vector<float>{3, 4, 5}));
  EXPECT_EQ(windows->get(1)[1].to_vector(), (std::vector<float>{4, 5, 6}));
  EXPECT_EQ(window_dataset(ids, 3, 1)->size(), 4);
  EXPECT_EQ(window_dataset(ids, 6)->size(), 1);
  expect_error([&] { window_dataset(ids, 7); }, {"7 tokens"});
}

TEST(Sequences, RowsContinueFromBatchToBatch) {
  EXPECT_EQ(continued_order(7, 2), (std::vector<int64_t>{0, 3, 1, 4, 2, 5}));
}

TEST(Sequences, PairsAreMarkedAndPadded) {
  const std::vector<TextPair> pairs = {{"ab", "x"}, {"a", "xyx"}};
  const Vocabulary source("ab", {.specials = true}), target("xy", {.specials = true});
  const Loader loader(pair_dataset(pairs, source, target, {.max_tokens = 2}),
                      {.shuffle = false, .padding = static_cast<float>(Vocabulary::kPad)});
  for (const Batch& batch : loader.epoch(0)) {
    EXPECT_EQ(batch.input().to_vector(), (std::vector<float>{4, 5, 3, 4, 3, 0}));
    EXPECT_EQ(batch.target().to_vector(), (std::vector<float>{2, 4, 3, 0, 2, 4, 5, 3}));
    EXPECT_EQ(batch.lengths, (std::vector<std::vector<int64_t>>{{3, 2}, {3, 4}}));
  }
}

TEST(Text, ReadsTheRealOnes) {
  DATA_OR_SKIP(shakespeare, "tinyshakespeare/input.txt");
  const std::string text = read_text(shakespeare);
  EXPECT_EQ(text.size(), 1'115'394u);
  EXPECT_EQ(Vocabulary(text, {}).size(), 65);
  DATA_OR_SKIP(captions, "multi30k");
  EXPECT_EQ(read_parallel(captions + "/val.de.gz", captions + "/val.en.gz").size(), 1014u);
}

}  // namespace
}  // namespace tengen::nn
