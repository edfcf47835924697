#include "search/move_choice.h"

#include <gtest/gtest.h>

namespace tengen::search {
namespace {

MoveStats move(envs::Action action, int visits, float value = 0.0f) {
  MoveStats m;
  m.action = action;
  m.visits = visits;
  m.value = value;
  return m;
}

TEST(MoveChoice, TemperatureZeroTakesTheMostVisited) {
  Rng rng(1);
  EXPECT_EQ(pick_by_visits({move(3, 10), move(1, 5)}, 0.0f, rng), 0u);
  EXPECT_EQ(pick_by_visits({}, 0.0f, rng), std::nullopt);
  EXPECT_EQ(pick_by_visits({move(3, 0), move(1, 0)}, 1.0f, rng), 0u);
}

TEST(MoveChoice, TemperatureOneDrawsByVisits) {
  const std::vector<MoveStats> moves{move(0, 60), move(1, 30), move(2, 10), move(3, 0)};
  Rng rng(1);
  int counts[4] = {};
  for (int i = 0; i < 20000; ++i) ++counts[*pick_by_visits(moves, 1.0f, rng)];
  EXPECT_NEAR(counts[0], 12000, 400);
  EXPECT_NEAR(counts[1], 6000, 400);
  EXPECT_NEAR(counts[2], 2000, 300);
  EXPECT_EQ(counts[3], 0);
}

TEST(MoveChoice, LowTemperaturesDoNotOverflow) {
  Rng rng(1);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(pick_by_visits({move(0, 1000000), move(1, 10)}, 0.01f, rng), 0u);
  }
}

TEST(MoveChoice, LowerBoundPrefersTheSurerOfTwo) {
  // 0.3 - 2 * sqrt(0.91 / 1000) = 0.2397; 0.5 - 2 * sqrt(0.75 / 400) = 0.4134;
  // 0.9 - 2 * sqrt(0.19 / 250) = 0.8449, but 50 visits are too few beside 1000.
  EXPECT_EQ(pick_by_lower_bound({move(0, 1000, 0.3f), move(1, 400, 0.5f)}), 1u);
  EXPECT_EQ(pick_by_lower_bound({move(0, 1000, 0.3f), move(1, 50, 0.9f)}), 0u);
  EXPECT_EQ(pick_by_lower_bound({move(0, 1000, 0.3f), move(1, 250, 0.32f)}), 0u);
  EXPECT_EQ(pick_by_lower_bound({move(0, 0)}), std::nullopt);
  EXPECT_EQ(pick_by_lower_bound({}), std::nullopt);
}

}  // namespace
}  // namespace tengen::search
