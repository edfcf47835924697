// Choice over visits, joined limits and resignation, without any search.
#include "agents/move_choice.h"

#include <gtest/gtest.h>

#include <map>

#include "nn/base/check.h"

namespace tengen::agents {
namespace {

search::Report report_of(const std::vector<std::pair<envs::Action, int>>& visits) {
  search::Report report;
  for (const auto& [action, count] : visits) {
    search::MoveStats move;
    move.action = action;
    move.visits = count;
    report.moves.push_back(move);
  }
  return report;
}

TEST(MoveChoice, WithoutTemperatureTheMostVisited) {
  Rng rng(1);
  const search::Report report = report_of({{7, 60}, {3, 39}, {1, 1}});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(choose_by_visits(report, 0.0f, rng), 7);
}

TEST(MoveChoice, TemperatureOneFollowsTheVisits) {
  Rng rng(2);
  const search::Report report = report_of({{7, 60}, {3, 40}, {1, 0}});
  std::map<int, int> count;
  for (int i = 0; i < 10000; ++i) ++count[choose_by_visits(report, 1.0f, rng)];
  EXPECT_NEAR(count[7], 6000, 250);  // five standard deviations
  EXPECT_NEAR(count[3], 4000, 250);
  EXPECT_EQ(count[1], 0);
}

TEST(MoveChoice, LowTemperatureApproachesTheMostVisited) {
  Rng rng(3);
  const search::Report report = report_of({{7, 600}, {3, 400}});
  int best = 0;
  for (int i = 0; i < 1000; ++i) best += choose_by_visits(report, 0.05f, rng) == 7;
  EXPECT_GT(best, 990);  // (2/3)^20 = 0.0003 expected otherwise
}

TEST(MoveChoice, WithoutVisitsTheFirst) {
  Rng rng(4);
  EXPECT_EQ(choose_by_visits(report_of({{5, 0}, {6, 0}}), 1.0f, rng), 5);
  EXPECT_THROW(choose_by_visits({}, 0.0f, rng), CheckFailure);
}

TEST(MoveChoice, LimitsAreJoinedByTheSmallerThatIsSet) {
  const search::Limits both = tighter({.visits = 400, .time_s = 0.0}, {.visits = 0, .time_s = 2.0});
  EXPECT_EQ(both.visits, 400);
  EXPECT_EQ(both.time_s, 2.0);
  EXPECT_EQ(tighter({.visits = 400}, {.visits = 100}).visits, 100);
  EXPECT_EQ(tighter({.visits = 100}, {.visits = 400}).visits, 100);
  EXPECT_EQ(tighter({}, {}).visits, 0);
}

TEST(Resignation, NeedsSeveralLostMovesInARow) {
  Resignation resignation(-0.9f, 3);
  EXPECT_FALSE(resignation.told(-0.95f, 40, 81));
  EXPECT_FALSE(resignation.told(-0.95f, 42, 81));
  EXPECT_FALSE(resignation.told(-0.5f, 44, 81));  // hope
  EXPECT_FALSE(resignation.told(-0.95f, 46, 81));
  EXPECT_FALSE(resignation.told(-0.95f, 48, 81));
  EXPECT_TRUE(resignation.told(-0.95f, 50, 81));
}

TEST(Resignation, NeverInTheOpening) {
  Resignation resignation(-0.9f, 1);
  EXPECT_FALSE(resignation.told(-1.0f, 19, 81));
  EXPECT_TRUE(resignation.told(-1.0f, 20, 81));
}

TEST(Resignation, ZeroMovesMeansNever) {
  Resignation resignation(-0.9f, 0);
  for (int move = 0; move < 100; ++move) EXPECT_FALSE(resignation.told(-1.0f, move, 81));
}

}  // namespace
}  // namespace tengen::agents
