// The known counts of tic-tac-toe.
#include "envs/tictactoe.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace tengen::envs {
namespace {

int count_games(const TicTacToe& state, std::unordered_set<uint64_t>& keys) {
  keys.insert(state.key());
  if (state.outcome()) return 1;
  int games = 0;
  std::vector<Action> legal;
  state.legal(legal);
  for (const Action a : legal) {
    TicTacToe next = state;
    next.play(a);
    games += count_games(next, keys);
  }
  return games;
}

TEST(TicTacToe, CountsItsGamesAndPositions) {
  std::unordered_set<uint64_t> keys;
  EXPECT_EQ(count_games(TicTacToe(), keys), 255168);
  EXPECT_EQ(keys.size(), 5478u);
}

TEST(TicTacToe, EndsWithALine) {
  TicTacToe state;
  for (const char* move : {"a1", "B2", "a2", "c1", "a3"}) {
    ASSERT_FALSE(state.outcome().has_value());
    state.play(state.parse_action(move).value());
  }
  EXPECT_EQ(state.outcome()->value, 1.0f);
  EXPECT_EQ(state.text(),
            "3 X . .\n"
            "2 X O .\n"
            "1 X . O\n"
            "  a b c\n"
            "the game is over\n");
}

}  // namespace
}  // namespace tengen::envs
