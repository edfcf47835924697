// The board alone: the counts of legal positions, eyes, copies.
#include "envs/go/board.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/envs/diagram.h"

namespace tengen::envs::go {
namespace {

// Every legal position is reached from the empty board by moves of either colour that kill
// nobody of their own, so a search without turns and ko counts the legal positions.
size_t count_positions(int size) {
  std::set<std::string> seen;
  std::vector<Board> open{Board(size)};
  seen.insert(cells_of(open.back()));
  while (!open.empty()) {
    const Board board = open.back();
    open.pop_back();
    for (const Point p : board.empty_points()) {
      for (const Color color : {Color::kBlack, Color::kWhite}) {
        if (board.is_suicide(p, color)) continue;
        Board next = board;
        next.play(p, color);
        if (seen.insert(cells_of(next)).second) open.push_back(next);
      }
    }
  }
  return seen.size();
}

// Tromp and Farnebäck, "Combinatorics of Go", 2007.
TEST(Board, CountsTheLegalPositions) {
  EXPECT_EQ(count_positions(1), 1u);
  EXPECT_EQ(count_positions(2), 57u);
  EXPECT_EQ(count_positions(3), 12675u);
}

TEST(Board, HashDependsOnStonesOnly) {
  Board a(5), b(5);
  a.play(a.at_index(3), Color::kBlack);
  a.play(a.at_index(8), Color::kWhite);
  b.play(b.at_index(8), Color::kWhite);
  EXPECT_NE(a.hash(), b.hash());
  b.play(b.at_index(3), Color::kBlack);
  EXPECT_EQ(a.hash(), b.hash());
  EXPECT_TRUE(a == b);
}

TEST(Board, IndicesAndPointsAreInverse) {
  for (const int size : {1, 2, 9, 19, 25}) {
    const Board board(size);
    for (int i = 0; i < board.area(); ++i) {
      EXPECT_EQ(board.index(board.at_index(i)), i);
      EXPECT_EQ(board.point(i / size, i % size), board.at_index(i));
      EXPECT_EQ(board[board.at_index(i)], Color::kEmpty);
    }
  }
}

TEST(Board, KnowsEyes) {
  const GoState state = state_of({". X . X . . .",  //
                                  "X X X O . . .",  //
                                  ". X . . . X .",  //
                                  "X . . . X . X",  //
                                  ". O X . O X O",  //
                                  ". X . X . . .",  //
                                  "X . X . . . X"},
                                 Color::kBlack);
  const Board& board = state.board();
  const auto eye = [&](const char* vertex) {
    return board.is_eye(state.point_of(*state.parse_action(vertex)), Color::kBlack);
  };
  EXPECT_TRUE(eye("A7"));   // corner
  EXPECT_TRUE(eye("A5"));   // edge
  EXPECT_FALSE(eye("C7"));  // edge, one diagonal is White's
  EXPECT_TRUE(eye("C2"));   // inside, one diagonal is White's
  EXPECT_FALSE(eye("F4"));  // inside, two diagonals are White's
  EXPECT_FALSE(eye("C5"));  // a neighbour is empty
  EXPECT_FALSE(board.is_eye(board.at_index(0), Color::kWhite));
}

}  // namespace
}  // namespace tengen::envs::go
