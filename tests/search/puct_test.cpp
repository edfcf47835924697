#include "search/puct.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace tengen::search {
namespace {

TEST(Puct, ExplorationGrowsWithTheLogarithmOfVisits) {
  EXPECT_FLOAT_EQ(exploration_factor(1.1f, 0.4f, 500.0f, 0), 1.1f);
  // 500 visits: ln 2 = 0.693147.
  EXPECT_FLOAT_EQ(exploration_factor(1.1f, 0.4f, 500.0f, 500), 1.1f + 0.4f * 0.69314718f);
}

TEST(Puct, ScoreIsValuePlusShareOfExploration) {
  // 0.25 + 2 * 0.3 / (1 + 4)
  EXPECT_FLOAT_EQ(puct_score(0.25f, 0.3f, 2.0f, 4), 0.37f);
}

TEST(Puct, PendingRowsCountAsLosses) {
  EXPECT_FLOAT_EQ(value_with_losses(2.0f, 4, 0), 0.5f);
  // 2 won of 4, and 1 lost more: (2 - 1) / 5.
  EXPECT_FLOAT_EQ(value_with_losses(2.0f, 4, 1), 0.2f);
  EXPECT_FLOAT_EQ(value_with_losses(0.0f, 0, 1), -1.0f);
}

TEST(Puct, FirstPlayValueFallsWithThePolicyTried) {
  EXPECT_FLOAT_EQ(first_play_value(0.5f, 0.0f, 0.2f), 0.5f);
  EXPECT_FLOAT_EQ(first_play_value(0.5f, 0.25f, 0.2f), 0.4f);
  EXPECT_FLOAT_EQ(first_play_value(-0.95f, 1.0f, 0.2f), -1.0f);
}

TEST(Puct, ExpAgreesWithTheLibrary) {
  for (float x = 0.0f; x > -86.0f; x -= 0.0137f) {
    EXPECT_NEAR(exp_of_negative(x) / std::exp(static_cast<double>(x)), 1.0, 1e-5) << x;
  }
  EXPECT_EQ(exp_of_negative(0.0f), 1.0f);
  EXPECT_EQ(exp_of_negative(-200.0f), 0.0f);
}

TEST(Puct, SoftmaxLooksOnlyAtLegalMoves) {
  const std::vector<float> logits{std::numeric_limits<float>::quiet_NaN(), 1.0f, 100.0f, 0.0f};
  const std::vector<envs::Action> legal{1, 3};
  std::vector<float> priors(2);
  softmax_priors(logits, legal, priors);
  EXPECT_NEAR(priors[0], 0.7310586, 1e-6);
  EXPECT_NEAR(priors[1], 0.2689414, 1e-6);
}

TEST(Puct, SoftmaxOfBrokenLogitsIsUniform) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float broken : {infinity, std::numeric_limits<float>::quiet_NaN()}) {
    for (const size_t place : {0, 1, 2, 3}) {
      std::vector<float> logits{0.0f, 1.0f, 2.0f, 3.0f};
      logits[place] = broken;
      std::vector<float> priors(4);
      softmax_priors(logits, std::vector<envs::Action>{0, 1, 2, 3}, priors);
      for (const float p : priors) EXPECT_FLOAT_EQ(p, 0.25f);
    }
  }
}

TEST(Puct, SoftmaxTakesMinusInfinityForNever) {
  const float never = -std::numeric_limits<float>::infinity();
  std::vector<float> priors(2);
  softmax_priors(std::vector<float>{never, 1.0f}, std::vector<envs::Action>{0, 1}, priors);
  EXPECT_EQ(priors[0], 0.0f);
  EXPECT_EQ(priors[1], 1.0f);
  softmax_priors(std::vector<float>{never, never}, std::vector<envs::Action>{0, 1}, priors);
  EXPECT_EQ(priors[0], 0.5f);
  EXPECT_EQ(priors[1], 0.5f);
}

TEST(Puct, SoftmaxStandsHugeLogits) {
  std::vector<float> priors(2);
  softmax_priors(std::vector<float>{3e38f, -3e38f}, std::vector<envs::Action>{0, 1}, priors);
  EXPECT_EQ(priors[0], 1.0f);
  EXPECT_EQ(priors[1], 0.0f);
}

TEST(Puct, TemperatureSharpensAndFlattens) {
  std::vector<float> priors{0.8f, 0.2f};
  apply_temperature(priors, 2.0f);  // square roots: 2 to 1
  EXPECT_NEAR(priors[0], 2.0 / 3.0, 1e-6);
  priors = {0.8f, 0.2f};
  apply_temperature(priors, 0.5f);  // squares: 16 to 1
  EXPECT_NEAR(priors[0], 16.0 / 17.0, 1e-6);
  priors = {0.8f, 0.2f};
  apply_temperature(priors, 1.0f);
  EXPECT_EQ(priors[0], 0.8f);
}

TEST(Puct, NoiseKeepsTheSumAndItsShare) {
  std::vector<float> priors(81, 1.0f / 81.0f);
  add_dirichlet_noise(priors, 0.25f, 10.83f, Rng(7, 1));
  EXPECT_NEAR(std::accumulate(priors.begin(), priors.end(), 0.0), 1.0, 1e-5);
  for (const float p : priors) EXPECT_GE(p, 0.75f / 81.0f * 0.9999f);

  std::vector<float> same(81, 1.0f / 81.0f);
  add_dirichlet_noise(same, 0.25f, 10.83f, Rng(7, 1));
  EXPECT_EQ(same, priors);
  std::vector<float> other(81, 1.0f / 81.0f);
  add_dirichlet_noise(other, 0.25f, 10.83f, Rng(7, 2));
  EXPECT_NE(other, priors);
}

}  // namespace
}  // namespace tengen::search
