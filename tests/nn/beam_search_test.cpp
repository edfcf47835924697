// Beam search against all sequences, one by one, and against the greedy choice.
#include "nn/beam_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "nn/base/check.h"
#include "nn/base/rng.h"

namespace tengen::nn {
namespace {

constexpr int32_t kBegin = 0, kEnd = 1, kTokens = 5;
using Tokens = std::vector<int32_t>;

// A language whose next token depends on everything before it, by chance.
std::vector<float> log_chances(const Tokens& before, uint64_t seed) {
  uint64_t stream = 1;
  for (const int32_t token : before) stream = stream * kTokens + static_cast<uint64_t>(token);
  Rng rng(seed, stream);
  std::vector<float> chances(kTokens);
  double sum = 0.0;
  for (float& chance : chances) sum += chance = static_cast<float>(std::exp(2 * rng.normal()));
  for (float& chance : chances) chance = static_cast<float>(std::log(chance / sum));
  return chances;
}

// Asks the language as a network is asked: it keeps what the hypotheses of the call before were.
class Speaker {
 public:
  explicit Speaker(uint64_t seed) : seed_(seed) {}
  Tensor operator()(const std::vector<int64_t>& parents, const Tokens& tokens) {
    std::vector<Tokens> next;
    Tensor out({static_cast<int64_t>(tokens.size()), kTokens});
    for (size_t k = 0; k < tokens.size(); ++k) {
      next.push_back(said_.at(static_cast<size_t>(parents[k])));
      if (tokens[k] != kBegin) next.back().push_back(tokens[k]);
      const std::vector<float> chances = log_chances(next.back(), seed_);
      std::copy(chances.begin(), chances.end(), out.data() + k * kTokens);
    }
    said_ = std::move(next);
    ++calls_;
    return out;
  }
  int calls() const { return calls_; }

 private:
  const uint64_t seed_;
  std::vector<Tokens> said_ = {{}};
  int calls_ = 0;
};

struct Scored {
  Tokens tokens;
  double score = -1e9;
};

double score(double log_p, size_t length, double alpha) {
  return log_p / std::pow((5.0 + static_cast<double>(length)) / 6.0, alpha);
}

// The best of all sequences of at most `longest` tokens; those as long may lack their end.
void best_of_all(const Tokens& said, double log_p, size_t longest, double alpha, uint64_t seed,
                 Scored& best) {
  if (said.size() == longest) {
    const double cut = score(log_p, longest, alpha);
    if (cut > best.score) best = {said, cut};
    return;
  }
  const std::vector<float> chances = log_chances(said, seed);
  const double ended = score(log_p + chances[kEnd], said.size() + 1, alpha);
  if (ended > best.score) best = {said, ended};
  for (int32_t token = 2; token < kTokens; ++token) {
    Tokens longer = said;
    longer.push_back(token);
    best_of_all(longer, log_p + chances[token], longest, alpha, seed, best);
  }
}

BeamOptions options_of(int64_t width, double alpha) {
  return {.width = width,
          .longest = 4,
          .length_penalty = alpha,
          .begin = kBegin,
          .end = kEnd,
          .never = {kBegin}};
}

TEST(BeamSearch, AWideBeamFindsTheBestOfAllSequences) {
  for (const double alpha : {0.0, 0.6, 1.0})
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Scored best;
      best_of_all({}, 0.0, 4, alpha, seed, best);
      Speaker speaker(seed);
      const auto found = beam_search(std::ref(speaker), options_of(200, alpha));
      ASSERT_FALSE(found.empty());
      EXPECT_EQ(found[0].tokens, best.tokens) << "alpha " << alpha << ", seed " << seed;
      EXPECT_NEAR(found[0].score, best.score, 1e-5);
      for (size_t i = 1; i < found.size(); ++i) EXPECT_GE(found[i - 1].score, found[i].score);
    }
}

TEST(BeamSearch, WidthOneTakesTheLikeliestTokenEveryTime) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Tokens greedy;
    while (greedy.size() < 4) {
      const std::vector<float> chances = log_chances(greedy, seed);
      const auto best = std::max_element(chances.begin() + 1, chances.end());  // never kBegin
      if (best - chances.begin() == kEnd) break;
      greedy.push_back(static_cast<int32_t>(best - chances.begin()));
    }
    Speaker speaker(seed);
    const auto found = beam_search(std::ref(speaker), options_of(1, 0.6));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].tokens, greedy) << "seed " << seed;
  }
}

TEST(BeamSearch, StopsWhenNothingCanOvertakeTheBest) {
  int calls = 0;
  const BeamStep sure_to_end = [&](const std::vector<int64_t>& parents, const Tokens&) {
    ++calls;
    Tensor out({static_cast<int64_t>(parents.size()), kTokens});
    out.fill(-20.0f);
    for (size_t k = 0; k < parents.size(); ++k) out.data()[k * kTokens + kEnd] = 0.0f;
    return out;
  };
  const auto found = beam_search(sure_to_end, options_of(3, 0.6));
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(found.at(0).tokens.empty());
  EXPECT_EQ(found[0].score, 0.0);
}

// Two tokens leave room in a beam of two for ends that are hardly likely.
TEST(BeamSearch, UnlikelyEndsDoNotEndIt) {
  const BeamStep talkative = [](const std::vector<int64_t>& parents, const Tokens&) {
    Tensor out({static_cast<int64_t>(parents.size()), kTokens});
    out.fill(-30.0f);
    for (size_t k = 0; k < parents.size(); ++k) {
      out.data()[k * kTokens + kEnd] = -8.0f;
      out.data()[k * kTokens + 2] = -0.001f;
    }
    return out;
  };
  EXPECT_EQ(beam_search(talkative, options_of(2, 1.0)).at(0).tokens, (Tokens{2, 2, 2, 2}));
}

TEST(BeamSearch, RefusesScoresOfAnotherNumberOfHypotheses) {
  const BeamStep wrong = [](const auto&, const auto&) { return Tensor({2, kTokens}); };
  EXPECT_THROW(beam_search(wrong, options_of(3, 0.6)), CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
