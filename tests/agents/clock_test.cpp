// The clock: what GTP's time settings mean, and that no way of playing on loses on time.
#include "agents/clock.h"

#include <gtest/gtest.h>

namespace tengen::agents {
namespace {

TEST(Clock, WithoutSettingsThereIsNoLimit) {
  Clock clock;
  EXPECT_FALSE(clock.limited());
  EXPECT_EQ(clock.limits(10, 81).time_s, 0.0);
  EXPECT_EQ(clock.limits(10, 81).visits, 0);
}

TEST(Clock, ByoYomiWithoutStonesMeansNoLimit) {
  EXPECT_FALSE(Clock(0, 30, 0).limited());
  EXPECT_FALSE(Clock(600, 30, 0).limited());
}

TEST(Clock, ZeroTimeStillGetsAMove) {
  Clock clock(0, 0, 0);
  EXPECT_TRUE(clock.limited());
  const double time = clock.limits(0, 81).time_s;
  EXPECT_GT(time, 0.0);
  EXPECT_LE(time, 0.02);
}

// Plays a whole game, every move late by the lag that is provided for.
double least_left_in_a_game(Clock clock, int points, int moves) {
  double least = 1e9;
  for (int move = 0; move < moves; move += 2) {
    clock.spend(clock.limits(move, points).time_s + 0.05);
    least = std::min(least, clock.time_left_s());
  }
  return least;
}

TEST(Clock, SuddenDeathLastsForVeryLongGames) {
  EXPECT_GT(least_left_in_a_game(Clock(60, 0, 0), 81, 160), 0.0);
  EXPECT_GT(least_left_in_a_game(Clock(600, 0, 0), 361, 600), 0.0);
  EXPECT_GT(least_left_in_a_game(Clock(300, 0, 0), 25, 60), 0.0);
}

TEST(Clock, SuddenDeathIsNotHoarded) {
  Clock clock(60, 0, 0);
  for (int move = 0; move < 56; move += 2) clock.spend(clock.limits(move, 81).time_s);
  EXPECT_LT(clock.time_left_s(), 30.0);
}

TEST(Clock, TheMiddleGameGetsMoreThanTheOpening) {
  Clock clock(600, 0, 0);
  EXPECT_GT(clock.limits(60, 361).time_s, 1.5 * clock.limits(0, 361).time_s);
}

TEST(Clock, ByoYomiSharesThePeriodOverItsStones) {
  Clock clock(0, 30, 10);
  EXPECT_EQ(clock.stones_left(), 10);
  EXPECT_LE(clock.limits(50, 361).time_s, 3.0);
  EXPECT_GT(clock.limits(50, 361).time_s, 2.0);
  clock.set_left(4.0, 4);
  EXPECT_LE(clock.limits(50, 361).time_s, 1.0);
}

TEST(Clock, ByoYomiPeriodsRenew) {
  Clock clock(0, 10, 2);
  clock.spend(4);
  EXPECT_EQ(clock.stones_left(), 1);
  EXPECT_DOUBLE_EQ(clock.time_left_s(), 6.0);
  clock.spend(4);
  EXPECT_EQ(clock.stones_left(), 2);
  EXPECT_DOUBLE_EQ(clock.time_left_s(), 10.0);
  for (int i = 0; i < 100; ++i) {
    const double share = clock.limits(50, 361).time_s;
    EXPECT_LT(share, clock.time_left_s());
    clock.spend(share + 0.05);
    EXPECT_GT(clock.time_left_s(), 0.0);
  }
}

TEST(Clock, MainTimeRunsOverIntoByoYomi) {
  Clock clock(5, 10, 5);
  clock.spend(6);
  EXPECT_EQ(clock.stones_left(), 4);
  EXPECT_DOUBLE_EQ(clock.time_left_s(), 9.0);
}

TEST(Clock, MainTimeBeforeByoYomiRunsAtLeastAtItsPace) {
  Clock clock(20, 30, 5);
  EXPECT_GT(clock.limits(0, 361).time_s, 5.0);
  EXPECT_LT(clock.limits(0, 361).time_s, 6.0);
}

TEST(Clock, TimeLeftOfTheControllerIsBelieved) {
  Clock clock(600, 0, 0);
  clock.set_left(0.5, 0);
  EXPECT_LT(clock.limits(30, 81).time_s, 0.1);
  Clock unlimited;
  unlimited.set_left(8.0, 0);
  EXPECT_TRUE(unlimited.limited());
}

TEST(Limits, AreJoinedByTheSmallerThatIsSet) {
  const search::Limits both = tighter({.visits = 400, .time_s = 0.0}, {.visits = 0, .time_s = 2.0});
  EXPECT_EQ(both.visits, 400);
  EXPECT_EQ(both.time_s, 2.0);
  EXPECT_EQ(tighter({.visits = 400}, {.visits = 100}).visits, 100);
  EXPECT_EQ(tighter({.visits = 100}, {.visits = 400}).visits, 100);
  EXPECT_EQ(tighter({}, {}).visits, 0);
}

}  // namespace
}  // namespace tengen::agents
