// Metrics against the examples of scikit-learn's documentation and of Papineni et al. 2002.
#include "nn/training/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "nn/base/check.h"
#include "nn/training/bleu.h"

namespace tengen::nn {
namespace {

using Floats = std::vector<float>;

// sklearn.metrics.top_k_accuracy_score
TEST(Metrics, AccuracyAmongTheBestK) {
  const Tensor scores({4, 3}, Floats{0.5f, 0.2f, 0.2f, 0.3f, 0.4f, 0.2f,  //
                                     0.2f, 0.4f, 0.3f, 0.7f, 0.2f, 0.1f});
  const Tensor classes({4}, Floats{0, 1, 2, 2});
  EXPECT_EQ(accuracy(scores, classes), 0.5);
  EXPECT_EQ(top_k_accuracy(scores, classes, 2), 0.75);
  EXPECT_EQ(top_k_accuracy(scores, classes, 3), 1.0);
  EXPECT_EQ(accuracy(Tensor(Shape{0, 3}), Tensor(Shape{0})), 0.0);
  const Tensor even({2, 2}, Floats{1, 1, NAN, NAN});
  EXPECT_EQ(accuracy(even, Tensor({2}, Floats{0, 0})), 0.5);
}

// sklearn.metrics.precision_score, recall_score and f1_score
TEST(ConfusionMatrix, ScoresOfScikitLearnsExample) {
  ConfusionMatrix matrix(3);
  const int actual[] = {0, 1, 2, 0, 1, 2}, predicted[] = {0, 2, 1, 0, 0, 1};
  for (int i = 0; i < 6; ++i) matrix.add(actual[i], predicted[i]);
  EXPECT_NEAR(matrix.macro().precision, 0.22222, 1e-5);
  EXPECT_NEAR(matrix.macro().recall, 0.33333, 1e-5);
  EXPECT_NEAR(matrix.macro().f1, 0.26667, 1e-5);
  EXPECT_NEAR(matrix.micro().precision, 0.33333, 1e-5);
  EXPECT_NEAR(matrix.micro().f1, 0.33333, 1e-5);
  EXPECT_NEAR(matrix.scores(0).precision, 2.0 / 3.0, 1e-9);
  EXPECT_NEAR(matrix.scores(0).recall, 1.0, 1e-9);
  EXPECT_NEAR(matrix.scores(0).f1, 0.8, 1e-9);
  EXPECT_EQ(matrix.scores(1).f1, 0.0);
}

// sklearn.metrics.confusion_matrix
TEST(ConfusionMatrix, CountsRowsOfScores) {
  ConfusionMatrix matrix(3);
  const int predicted[] = {0, 0, 2, 2, 0, 2};
  Tensor scores(Shape{6, 3});
  for (int64_t row = 0; row < 6; ++row) scores.values()[3 * row + predicted[row]] = 1.0f;
  matrix.add(scores, Tensor({6}, Floats{2, 0, 2, 2, 0, 1}));
  const int64_t expected[3][3] = {{2, 0, 0}, {0, 0, 1}, {1, 0, 2}};
  for (int64_t a = 0; a < 3; ++a)
    for (int64_t p = 0; p < 3; ++p) EXPECT_EQ(matrix.count(a, p), expected[a][p]);
  EXPECT_EQ(matrix.total(), 6);
  EXPECT_NEAR(matrix.accuracy(), 4.0 / 6.0, 1e-9);
  EXPECT_NE(matrix.text().find("0.667"), std::string::npos) << matrix.text();
}

TEST(Metrics, WrongClassesAreNamed) {
  try {
    accuracy(Tensor(Shape{2, 3}), Tensor({2}, Floats{0, 3}));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("row 1"), std::string::npos) << error.what();
  }
  EXPECT_THROW(accuracy(Tensor(Shape{2, 3}), Tensor(Shape{3})), CheckFailure);
  EXPECT_THROW(ConfusionMatrix(3).add(0, 3), CheckFailure);
}

// A fair die has a perplexity of six; a coin for half of the tokens makes it sqrt(12).
TEST(Perplexity, CountsEvenChoices) {
  Perplexity perplexity;
  EXPECT_EQ(perplexity.value(), 1.0);
  perplexity.add(std::log(6.0), 10);
  EXPECT_NEAR(perplexity.value(), 6.0, 1e-9);
  perplexity.add(std::log(2.0), 10);
  EXPECT_NEAR(perplexity.value(), std::sqrt(12.0), 1e-9);
}

Sentence words(const std::string& text) {
  std::istringstream in(text);
  Sentence out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

const char* const kCandidate1 =
    "It is a guide to action which ensures that the military always obeys the commands of the "
    "party";
const char* const kCandidate2 =
    "It is to insure the troops forever hearing the activity guidebook that party direct";

std::vector<Sentence> references() {
  return {words("It is a guide to action that ensures that the military will forever heed Party "
                "commands"),
          words("It is the guiding principle which guarantees the military forces always being "
                "under the command of the Party"),
          words("It is the practical guide for the army always to heed the directions of the "
                "party")};
}

// Section 2.1 of the paper: 17/18 and 10/17 against 8/14 and 1/13.
TEST(Bleu, PrecisionsOfThePaper) {
  const Bleu one = bleu({words(kCandidate1)}, {references()}, {.longest = 2});
  EXPECT_NEAR(one.precisions[0], 17.0 / 18.0, 1e-12);
  EXPECT_NEAR(one.precisions[1], 10.0 / 17.0, 1e-12);
  const Bleu two = bleu({words(kCandidate2)}, {references()}, {.longest = 2});
  EXPECT_NEAR(two.precisions[0], 8.0 / 14.0, 1e-12);
  EXPECT_NEAR(two.precisions[1], 1.0 / 13.0, 1e-12);
  // "the" stands twice in one reference: 2/7.
  const Bleu the = bleu({words("the the the the the the the")},
                        {{words("the cat is on the mat"), words("there is a cat on the mat")}});
  EXPECT_NEAR(the.precisions[0], 2.0 / 7.0, 1e-12);
  EXPECT_EQ(the.score, 0.0);
}

// The examples of NLTK's documentation (sentence_bleu and corpus_bleu).
TEST(Bleu, ScoresOfNltk) {
  EXPECT_NEAR(bleu({words(kCandidate1)}, {references()}).score, 0.5045666840058485, 1e-12);
  const Bleu corpus =
      bleu({words(kCandidate1), words("he read the book because he was interested in world "
                                      "history")},
           {references(), {words("he was interested in world history because he read the book")}});
  EXPECT_NEAR(corpus.score, 0.5920778868801042, 1e-12);
}

TEST(Bleu, ShortCandidatesArePenalised) {
  const Bleu half = bleu({words("a b")}, {{words("a b c d")}}, {.longest = 1});
  EXPECT_NEAR(half.brevity_penalty, std::exp(1.0 - 4.0 / 2.0), 1e-12);
  EXPECT_NEAR(half.score, std::exp(-1.0), 1e-12);
  // Of the lengths 1 and 3, both one away, the shorter counts.
  EXPECT_EQ(bleu({words("a b")}, {{words("a b c"), words("a")}}).brevity_penalty, 1.0);
  EXPECT_EQ(bleu({{}}, {{words("a")}}).score, 0.0);
}

// Lin and Och: precisions 2/3, (1+1)/(2+1), (0+1)/(1+1), (0+1)/(0+1).
TEST(Bleu, AddOneKeepsALoneSentenceAboveZero) {
  const Bleu smooth = bleu({words("a b x")}, {{words("a b c")}}, {.add_one = true});
  EXPECT_NEAR(smooth.score, std::pow(2.0 / 3.0 * 2.0 / 3.0 * 0.5, 0.25), 1e-12);
  EXPECT_EQ(bleu({words("a b x")}, {{words("a b c")}}).score, 0.0);
}

}  // namespace
}  // namespace tengen::nn
