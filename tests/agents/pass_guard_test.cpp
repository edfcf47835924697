// When to pass in Go: positions small enough to count by hand.
#include "agents/pass_guard.h"

#include <gtest/gtest.h>

#include "envs/games.h"
#include "envs/go/state.h"

namespace tengen::agents {
namespace {

using envs::go::Color;
using envs::go::GoState;

// Rows of 'X' (Black), 'O' (White) and '.'; as many rows as columns.
GoState position(const std::vector<std::string>& rows, const std::string& komi, Color to_play,
                 bool opponent_passed) {
  const auto start = envs::new_game("go:komi=" + komi + ",size=" + std::to_string(rows.size()));
  GoState state = dynamic_cast<GoState&>(*start);
  std::vector<envs::Action> black, white;
  for (size_t row = 0; row < rows.size(); ++row) {
    for (size_t column = 0; column < rows.size(); ++column) {
      const auto p = static_cast<envs::Action>(row * rows.size() + column);
      if (rows[row][column] == 'X') black.push_back(p);
      if (rows[row][column] == 'O') white.push_back(p);
    }
  }
  state.set_up(black, white, opponent_passed ? opponent(to_play) : to_play);
  if (opponent_passed) state.play(state.pass_action());
  return state;
}

// What the guard makes of the first of `moves`, a search's moves from the best on.
std::string guarded(const GoState& state, const std::vector<std::string>& moves) {
  search::Report report;
  for (const std::string& text : moves) {
    report.moves.push_back({.action = state.parse_action(text).value()});
  }
  return state.action_text(guard_pass(state, report, report.moves.front().action));
}

// Both sides live. Black has the three columns on the left, 15 points, White the others, 10.
const std::vector<std::string> kSettled = {
    "..XO.",  //
    "..XOO",  //
    "XXXO.",  //
    ".XXOO",  //
    "X.XO.",
};
// A dead white stone on A4: while it stands, Black has 11 points and White 11. Without it, 15
// and 10: at komi 2.5 the counts name different winners.
const std::vector<std::string> kInvaded = {
    "..XO.",  //
    "O.XOO",  //
    "XXXO.",  //
    ".XXOO",  //
    "X.XO.",
};

TEST(PassGuard, OtherGamesAreLeftAlone) {
  const auto state = envs::new_game("tictactoe");
  EXPECT_EQ(guard_pass(*state, {}, 8), 8);
}

TEST(PassGuard, MovesOnTheBoardStayWhileNobodyPassed) {
  EXPECT_EQ(guarded(position(kSettled, "2.5", Color::kBlack, false), {"A5", "pass"}), "A5");
  EXPECT_EQ(guarded(position(kInvaded, "2.5", Color::kBlack, false), {"B4", "pass"}), "B4");
}

TEST(PassGuard, AWinnerByBothCountsAnswersAPassByAPass) {
  EXPECT_EQ(guarded(position(kSettled, "2.5", Color::kBlack, true), {"A5", "pass"}), "pass");
  EXPECT_EQ(guarded(position(kSettled, "7.5", Color::kWhite, true), {"B4", "pass"}), "pass");
}

TEST(PassGuard, ALoserMayPlayOnAfterAPass) {
  EXPECT_EQ(guarded(position(kSettled, "2.5", Color::kWhite, true), {"B4", "pass"}), "B4");
}

TEST(PassGuard, PassesStayWhereBothCountsAgree) {
  EXPECT_EQ(guarded(position(kSettled, "2.5", Color::kBlack, false), {"pass", "A5"}), "pass");
  EXPECT_EQ(guarded(position(kSettled, "2.5", Color::kWhite, true), {"pass", "B4"}), "pass");
  EXPECT_EQ(guarded(position(kInvaded, "7.5", Color::kWhite, true), {"pass", "B4"}), "pass");
}

// White wins only because its dead stone still stands.
TEST(PassGuard, AWinOnlyByStandingDeadStonesIsNotPassedHome) {
  EXPECT_EQ(guarded(position(kInvaded, "2.5", Color::kWhite, true), {"pass", "B4"}), "B4");
  EXPECT_EQ(guarded(position(kInvaded, "2.5", Color::kWhite, false), {"pass", "B4"}), "B4");
}

// Black has to take the dead stone off before the stones as they stand say who won.
TEST(PassGuard, DeadStonesOfTheOpponentAreCapturedFirst) {
  EXPECT_EQ(guarded(position(kInvaded, "2.5", Color::kBlack, false), {"pass", "B4"}), "B4");
  EXPECT_EQ(guarded(position(kInvaded, "2.5", Color::kBlack, true), {"pass", "B4"}), "B4");
}

TEST(PassGuard, OwnEyesAreNotFilledForIt) {
  const GoState state = position(kInvaded, "2.5", Color::kWhite, true);
  EXPECT_EQ(guarded(state, {"pass", "E3", "B5"}), "B5");
  EXPECT_EQ(guarded(state, {"pass", "E3", "E5"}), "pass");
}

}  // namespace
}  // namespace tengen::agents
