#include "search/move_choice.h"

#include <gtest/gtest.h>

#include "nn/base/check.h"

namespace tengen::search {
namespace {

// A report whose move 0, 1, 2 ... has so many visits.
Report report_of(const std::vector<int>& visits) {
  Report report;
  for (size_t i = 0; i < visits.size(); ++i) {
    MoveStats move;
    move.action = static_cast<envs::Action>(i);
    move.visits = visits[i];
    report.moves.push_back(move);
  }
  return report;
}

TEST(MoveChoice, TemperatureZeroTakesTheMostVisited) {
  Rng rng(1);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(choose_by_visits(report_of({60, 39, 1}), 0.0f, rng), 0);
}

TEST(MoveChoice, WithoutVisitsTheFirst) {
  Rng rng(1);
  EXPECT_EQ(choose_by_visits(report_of({0, 0}), 1.0f, rng), 0);
  EXPECT_THROW(choose_by_visits({}, 0.0f, rng), CheckFailure);
}

TEST(MoveChoice, TemperatureOneDrawsByVisits) {
  const Report report = report_of({60, 30, 10, 0});
  Rng rng(1);
  int counts[4] = {};
  for (int i = 0; i < 20000; ++i) ++counts[choose_by_visits(report, 1.0f, rng)];
  EXPECT_NEAR(counts[0], 12000, 400);
  EXPECT_NEAR(counts[1], 6000, 400);
  EXPECT_NEAR(counts[2], 2000, 300);
  EXPECT_EQ(counts[3], 0);
}

TEST(MoveChoice, LowTemperaturesApproachTheMostVisitedAndDoNotOverflow) {
  Rng rng(1);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(choose_by_visits(report_of({1000000, 10}), 0.01f, rng), 0);
  int first = 0;
  for (int i = 0; i < 1000; ++i) first += choose_by_visits(report_of({600, 400}), 0.05f, rng) == 0;
  EXPECT_GT(first, 990);  // (2/3)^20 = 0.0003 expected otherwise
}

}  // namespace
}  // namespace tengen::search
