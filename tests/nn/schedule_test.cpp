// Schedules at points that were worked out by hand.
#include "nn/optim/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

void expect_rates(const Schedule& schedule,
                  const std::vector<std::pair<int64_t, double>>& expected) {
  for (const auto& [step, rate] : expected)
    EXPECT_NEAR(schedule(step), rate, 1e-6 * std::max(1.0, rate)) << "step " << step;
}

TEST(Schedule, StepsDown) {
  expect_rates(constant_rate(0.3f), {{0, 0.3}, {1000000, 0.3}});
  expect_rates(step_rate(1.0f, 30, 0.1f), {{0, 1}, {29, 1}, {30, 0.1}, {59, 0.1}, {60, 0.01}});
  expect_rates(milestone_rate(8.0f, {10, 15}, 0.5f),
               {{0, 8}, {9, 8}, {10, 4}, {14, 4}, {15, 2}, {999, 2}});
}

TEST(Schedule, CosineFallsToItsFinalShare) {
  expect_rates(cosine_rate(2.0f, 100),
               {{0, 2}, {25, 1 + std::sqrt(0.5)}, {50, 1}, {100, 0}, {200, 0}});
  expect_rates(cosine_rate(1.0f, 100, 0.1f), {{0, 1}, {50, 0.55}, {100, 0.1}});
}

TEST(Schedule, CosineStartsAgain) {
  expect_rates(cosine_restarts(1.0f, 10, 2.0f),
               {{0, 1}, {5, 0.5}, {10, 1}, {20, 0.5}, {30, 1}, {50, 0.5}, {70, 1}});
  expect_rates(cosine_restarts(1.0f, 10, 1.0f), {{5, 0.5}, {10, 1}, {15, 0.5}, {1000000, 1}});
}

TEST(Schedule, OneCycleRisesAndFalls) {
  const OneCycle cycle{.peak = 1.0f,
                       .steps = 100,
                       .rise_share = 0.2f,
                       .start_divisor = 10.0f,
                       .end_divisor = 1000.0f};
  expect_rates(one_cycle(cycle),
               {{0, 0.1}, {10, 0.55}, {20, 1.0}, {60, 0.5005}, {100, 0.001}, {500, 0.001}});
}

TEST(Schedule, WarmupComposesWithAny) {
  expect_rates(with_warmup(constant_rate(1.0f), 4), {{0, 0.25}, {1, 0.5}, {3, 1}, {4, 1}});
  expect_rates(with_warmup(step_rate(1.0f, 2, 0.5f), 4), {{0, 0.25}, {2, 0.375}, {4, 0.25}});
  expect_rates(with_warmup(constant_rate(1.0f), 0), {{0, 1}});
}

// Goyal et al. 2017: 0.1 for 256 images, 3.2 for 8192.
TEST(Schedule, RateGrowsWithTheBatch) { EXPECT_FLOAT_EQ(scaled_rate(0.1f, 8192, 256), 3.2f); }

TEST(Plateau, FallsAfterPatience) {
  Plateau plateau(
      {.factor = 0.5f, .patience = 2, .least_improvement = 0.01f, .least_factor = 0.2f});
  const auto after = [&](float measure) {
    plateau.update(measure);
    return plateau.factor();
  };
  EXPECT_EQ(after(10.0f), 1.0f);
  EXPECT_EQ(after(9.0f), 1.0f);
  EXPECT_EQ(after(8.95f), 1.0f);  // better by less than 1 %
  EXPECT_EQ(after(NAN), 1.0f);
  EXPECT_EQ(after(9.5f), 0.5f);  // the third in vain
  EXPECT_EQ(after(9.5f), 0.5f);
  EXPECT_EQ(after(8.0f), 0.5f);  // waits anew
  EXPECT_EQ(after(8.0f), 0.5f);

  Plateau resumed({.factor = 0.5f, .patience = 2, .least_factor = 0.2f});
  resumed.load_state(plateau.state());
  EXPECT_FALSE(resumed.update(8.0f));
  EXPECT_TRUE(resumed.update(8.0f));
  EXPECT_EQ(resumed.factor(), 0.25f);
  for (int i = 0; i < 3; ++i) resumed.update(8.0f);
  EXPECT_EQ(resumed.factor(), 0.2f);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(resumed.update(8.0f));
}

TEST(Plateau, MeasuresMayBeNegative) {
  Plateau plateau({.factor = 0.5f, .patience = 0});
  EXPECT_FALSE(plateau.update(-0.5f));
  EXPECT_FALSE(plateau.update(-0.6f));
  EXPECT_TRUE(plateau.update(-0.6f));
}

TEST(Schedule, WrongOptionsAreRefused) {
  EXPECT_THROW(step_rate(1.0f, 0), CheckFailure);
  EXPECT_THROW(cosine_rate(1.0f, 0), CheckFailure);
  EXPECT_THROW(milestone_rate(1.0f, {5, 3}), CheckFailure);
  EXPECT_THROW(one_cycle({.rise_share = 1.0f}), CheckFailure);
  EXPECT_THROW(scaled_rate(1.0f, 0, 1), CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
