// Pass-alive areas: known shapes, and the promise itself played out.
#include "envs/go/pass_alive.h"

#include <gtest/gtest.h>

#include "tests/envs/diagram.h"

namespace tengen::envs::go {
namespace {

std::vector<Color> owners_of(const Board& board, bool suicide) {
  std::vector<Color> owners(static_cast<size_t>(board.area()));
  pass_alive(board, suicide, owners);
  return owners;
}

void expect_owners(const std::vector<std::string>& rows, const std::vector<std::string>& expected,
                   bool suicide = false) {
  const GoState state = state_of(rows, Color::kBlack);
  std::string found;
  for (const Color owner : owners_of(state.board(), suicide))
    found += ".XO"[static_cast<int>(owner)];
  EXPECT_EQ(found, Diagram(expected).cells) << state.text();
}

TEST(PassAlive, NothingOnTheEmptyBoard) {
  expect_owners({"...", "...", "..."}, {"...", "...", "..."});
}

TEST(PassAlive, TwoEyesLive) {
  expect_owners({". X . X O",  //
                 "X X X X O",  //
                 "O O O O O",  //
                 ". . . . .",  //
                 ". . . . ."},
                {"X X X X .",  //
                 "X X X X .",  //
                 ". . . . .",  //
                 ". . . . .",  //
                 ". . . . ."});
}

TEST(PassAlive, BothColoursMayLive) {
  expect_owners({". X . X O",  //
                 "X X X X O",  //
                 "O O O O O",  //
                 "O . O . O",  //
                 ". O O O O"},
                {"X X X X O",  //
                 "X X X X O",  //
                 "O O O O O",  //
                 "O O O O O",  //
                 "O O O O O"});
}

TEST(PassAlive, OneEyeOrAFalseOneDoesNot) {
  const std::vector<std::string> nobody(5, ".....");
  expect_owners({". X O . .",  //
                 "X X O . .",  //
                 "O O O . .",  //
                 ". . . . .",  //
                 ". . . . ."},
                nobody);
  expect_owners({". X . O .",  //
                 "X X X O .",  //
                 "O O O O .",  //
                 ". . . . .",  //
                 ". . . . ."},
                nobody);
}

TEST(PassAlive, StonesInAVitalRegionAreDead) {
  expect_owners({". X . O X",  //
                 "X X X X X",  //
                 ". . . . .",  //
                 ". . . . .",  //
                 ". . . . ."},
                {"X X X X X",  //
                 "X X X X X",  //
                 ". . . . .",  //
                 ". . . . .",  //
                 ". . . . ."});
}

TEST(PassAlive, TwoChainsMayShareTwoEyes) {
  expect_owners({". X X O .",  //
                 "X . X O .",  //
                 "X X O O .",  //
                 "O O O . .",  //
                 ". . . . ."},
                {"X X X . .",  //
                 "X X X . .",  //
                 "X X . . .",  //
                 ". . . . .",  //
                 ". . . . ."});
}

// White can commit suicide in the cross, play its four arms again and has an eye in the middle.
TEST(PassAlive, SuicideBreaksAnEyeWithAStoneInside) {
  const std::vector<std::string> rows = {". X X X X X X",  //
                                         "X X X X X X X",  //
                                         "X X X . X X X",  //
                                         "X X . O . X X",  //
                                         "X X X . X X X",  //
                                         "X X X X X X X",  //
                                         "X X X X X X X"};
  expect_owners(rows, std::vector<std::string>(7, "XXXXXXX"), false);
  expect_owners(rows, std::vector<std::string>(7, "......."), true);
}

// The position of a random game, as the start of another one.
GoState random_position(int size, bool suicide, int moves, Rng& rng) {
  GoState state(Rules{.size = size, .suicide = suicide});
  while (!state.over() && static_cast<int>(state.moves().size()) < moves)
    state.play(state.playout_move(rng));
  Diagram diagram({});
  for (Action a = 0; a < size * size; ++a) {
    const Color c = state.board()[state.board().at_index(a)];
    if (c == Color::kBlack) diagram.black.push_back(a);
    if (c == Color::kWhite) diagram.white.push_back(a);
  }
  GoState position(Rules{.size = size, .ko = Ko::kSimple, .suicide = suicide});
  position.set_up(diagram.black, diagram.white, Color::kBlack);
  return position;
}

// `owner` passes for ever while the other side plays at random; returns how many stones were sure.
int besiege(GoState state, Color owner, Rng& rng) {
  const auto owners = owners_of(state.board(), state.rules().suicide);
  std::vector<Action> sure, legal;
  for (Action a = 0; a < state.board().area(); ++a)
    if (owners[static_cast<size_t>(a)] == owner && state.board()[state.point_of(a)] == owner)
      sure.push_back(a);
  if (sure.empty()) return 0;
  if (state.color_to_play() == owner) state.play(state.pass_action());
  while (!state.over()) {
    state.legal(legal);
    if (legal.size() == 1) break;
    state.play(legal[rng.below(static_cast<uint32_t>(legal.size() - 1))]);
    if (!state.over()) state.play(state.pass_action());
  }
  for (const Action a : sure)
    EXPECT_EQ(state.board()[state.point_of(a)], owner) << state.text() << state.action_text(a);
  return static_cast<int>(sure.size());
}

TEST(PassAlive, WhoPassesForEverKeepsThem) {
  int sure = 0;
  for (uint64_t game = 0; game < 400; ++game) {
    Rng rng(41, game);
    const int size = 4 + static_cast<int>(game % 4);
    const int moves = size * size * (1 + static_cast<int>(game % 3)) / 2;
    const GoState state = random_position(size, game % 2 == 0, moves, rng);
    for (const Color owner : {Color::kBlack, Color::kWhite}) sure += besiege(state, owner, rng);
  }
  EXPECT_GT(sure, 200);
}

}  // namespace
}  // namespace tengen::envs::go
