// Elo, intervals and SPRT against published values.
#include "selfplay/elo.h"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/rng.h"

namespace tengen::selfplay {
namespace {

TEST(Elo, KnowsTheTextbookValues) {
  EXPECT_DOUBLE_EQ(elo_to_score(0), 0.5);
  EXPECT_NEAR(elo_to_score(100), 0.640065, 1e-6);
  EXPECT_NEAR(elo_to_score(400), 10.0 / 11.0, 1e-9);
  EXPECT_NEAR(score_to_elo(0.75), 190.8485, 1e-4);
  EXPECT_NEAR(score_to_elo(elo_to_score(-37.5)), -37.5, 1e-9);
  EXPECT_EQ(score_to_elo(1.0), std::numeric_limits<double>::infinity());
}

// Difference and interval of the test of fastchess's trinomial model: 40.70 +- 30.43. Wilson's
// interval is a little asymmetric and for so many games close to the normal one.
TEST(Elo, AgreesWithFastchess) {
  const EloEstimate estimate = elo_estimate({.wins = 136, .draws = 111, .losses = 96});
  EXPECT_NEAR(estimate.elo, 40.70, 0.01);
  EXPECT_NEAR(estimate.high - estimate.low, 2 * 30.43, 1.0);
}

// Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3:
// 81 of 263: 0.2553 to 0.3662; 15 of 148: 0.0624 to 0.1605; 0 of 20: 0 to 0.1611.
TEST(Elo, IntervalWithoutDrawsIsWilsons) {
  const auto expect = [](int wins, int games, double low, double high) {
    const EloEstimate estimate = elo_estimate({wins, 0, games - wins});
    EXPECT_NEAR(elo_to_score(estimate.low), low, 1e-4);
    EXPECT_NEAR(elo_to_score(estimate.high), high, 1e-4);
  };
  expect(81, 263, 0.2553, 0.3662);
  expect(15, 148, 0.0624, 0.1605);
  expect(0, 20, 0.0, 0.1611);
}

TEST(Elo, ContainsTheEstimateAndNarrowsWithGamesAndDraws) {
  for (int wins = 0; wins <= 6; ++wins) {
    for (int draws = 0; wins + draws <= 6; ++draws) {
      const Tally tally{wins, draws, 6 - wins - draws};
      const EloEstimate estimate = elo_estimate(tally);
      EXPECT_LE(estimate.low, estimate.elo);
      EXPECT_GE(estimate.high, estimate.elo);
    }
  }
  const auto width = [](const Tally& tally) {
    const EloEstimate estimate = elo_estimate(tally);
    return estimate.high - estimate.low;
  };
  EXPECT_LT(width({50, 0, 50}), width({5, 0, 5}));
  EXPECT_LT(width({25, 50, 25}), width({50, 0, 50}));
  EXPECT_GT(width({0, 1, 0}), 300);  // one draw says next to nothing
}

TEST(Elo, TextTellsBothEnds) {
  EXPECT_EQ(text(elo_estimate({20, 0, 0})), "+inf Elo [+287, +inf]");
  EXPECT_EQ(text(elo_estimate({})), "+0 Elo [-inf, +inf]");
}

// fastchess (app/tests/sprt_test.cpp, "logistic trinomial"), and the generalised example of
// github.com/jw1912/SPRT: 4307 wins, 4063 losses, 8620 draws give 2.99 for [0, 3].
TEST(Sprt, AgreesWithPublishedRatios) {
  EXPECT_NEAR((Sprt{0.5, 2.5}).log_likelihood_ratio({21404, 40708, 21184}), -1.57, 0.01);
  EXPECT_NEAR((Sprt{0.0, 2.0}).log_likelihood_ratio({57433, 106593, 57030}), -2.59, 0.01);
  EXPECT_NEAR((Sprt{0.0, 3.0}).log_likelihood_ratio({4307, 8620, 4063}), 2.99, 0.01);
}

TEST(Sprt, HasWaldsBounds) {
  const Sprt sprt{0, 5, 0.05, 0.05};
  EXPECT_NEAR(sprt.lower_bound(), -2.944, 1e-3);
  EXPECT_NEAR(sprt.upper_bound(), 2.944, 1e-3);
  EXPECT_EQ(sprt.verdict({}), Sprt::Verdict::kGoOn);
  EXPECT_EQ(sprt.verdict({30, 0, 0}), Sprt::Verdict::kGoOn);
  EXPECT_EQ((Sprt{0, 100}).verdict({30, 0, 0}), Sprt::Verdict::kAcceptElo1);
  EXPECT_EQ((Sprt{0, 100}).verdict({0, 0, 30}), Sprt::Verdict::kAcceptElo0);
}

// What the test promises: with the difference at elo0 it is wrong in about alpha of all runs.
TEST(Sprt, IsSeldomWrong) {
  const Sprt sprt{0, 80, 0.05, 0.05};
  int wrong = 0;
  constexpr int kRuns = 400;
  for (int run = 0; run < kRuns; ++run) {
    Rng rng(11, static_cast<uint64_t>(run));
    Tally tally;
    while (sprt.verdict(tally) == Sprt::Verdict::kGoOn) {
      const uint32_t game = rng.below(4);  // draws half of the time
      (game == 0 ? tally.wins : game == 1 ? tally.losses : tally.draws) += 1;
    }
    wrong += sprt.verdict(tally) == Sprt::Verdict::kAcceptElo1;
  }
  EXPECT_LT(wrong, kRuns * 0.09);  // 0.05 and more than three standard deviations
}

}  // namespace
}  // namespace tengen::selfplay
