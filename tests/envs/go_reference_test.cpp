// The fast board against the plain one, in random games that fill eyes, capture and repeat.
#include <gtest/gtest.h>

#include "envs/go/area.h"
#include "tests/envs/diagram.h"
#include "tests/envs/plain_go.h"

namespace tengen::envs::go {
namespace {

std::vector<Rules> all_rules(int size) {
  std::vector<Rules> all;
  for (const Ko ko : {Ko::kSimple, Ko::kPositional, Ko::kSituational})
    for (const bool suicide : {false, true})
      all.push_back({.size = size, .komi = 0.5f, .ko = ko, .suicide = suicide});
  return all;
}

void expect_same_chains(const Board& board, const PlainGo& plain) {
  for (int a = 0; a < board.area(); ++a) {
    const Point p = board.at_index(a);
    if (!is_stone(board[p])) continue;
    const auto liberties = plain.liberties(plain.cells(), a);
    ASSERT_EQ(board.liberties(p, 1000), static_cast<int>(liberties.size()));
    ASSERT_EQ(board.liberties(p, 2), std::min(2, static_cast<int>(liberties.size())));
    ASSERT_EQ(board.in_atari(p), liberties.size() == 1);
    if (liberties.size() == 1) {
      ASSERT_EQ(board.index(board.atari_liberty(p)), *liberties.begin());
    }
    ASSERT_EQ(board.stones(p), static_cast<int>(plain.chain(plain.cells(), a).size()));
  }
}

// How often superko or ko forbade a move, to know that the games were worth it.
struct Tally {
  int games = 0;
  int repetitions = 0;
  int suicides = 0;
};

// One game; every `stride`-th point is compared at every move.
void compare_game(const Rules& rules, uint64_t number, int stride, Tally& tally) {
  GoState state(rules);
  PlainGo plain(rules);
  Rng rng(99, number);
  ++tally.games;
  for (int move = 0; !state.over(); ++move) {
    ASSERT_EQ(cells_of(state.board()), plain.cells());
    std::vector<Action> legal;
    state.legal(legal);
    std::vector<bool> is_legal(static_cast<size_t>(rules.size * rules.size + 1));
    for (const Action a : legal) is_legal[static_cast<size_t>(a)] = true;
    for (int a = move % stride; a < rules.size * rules.size; a += stride) {
      ASSERT_EQ(is_legal[static_cast<size_t>(a)], plain.after(a).has_value())
          << state.text() << state.action_text(a);
    }
    state.for_each_repetition_point([&](Point p) {
      ++tally.repetitions;
      EXPECT_FALSE(is_legal[static_cast<size_t>(state.board().index(p))]);
    });
    if (move % (rules.size > 9 ? 64 : 8) == 0) {
      expect_same_chains(state.board(), plain);
      ASSERT_EQ(area_margin(state.board()), plain.margin());
    }
    // A pass now and then, else any legal move, which fills eyes and kills groups.
    const bool pass = legal.size() == 1 || rng.below(25) == 0;
    const Action action =
        pass ? legal.back() : legal[rng.below(static_cast<uint32_t>(legal.size() - 1))];
    const uint64_t expected =
        pass ? state.board().hash()
             : state.board().hash_after(state.point_of(action), state.color_to_play());
    state.play(action);
    ASSERT_EQ(state.board().hash(), expected);
    if (pass) {
      plain.pass();
    } else {
      plain.play(action);
      tally.suicides += plain.cells()[static_cast<size_t>(action)] == '.';
    }
  }
  ASSERT_EQ(state.outcome()->score, static_cast<float>(plain.margin()) - rules.komi);
}

class Reference : public ::testing::TestWithParam<std::pair<int, int>> {};  // size, games

TEST_P(Reference, AgreesWithThePlainBoard) {
  const auto [size, games] = GetParam();
  Tally tally;
  for (const Rules& rules : all_rules(size)) {
    for (int game = 0; game < games; ++game) {
      compare_game(rules, static_cast<uint64_t>(game), size > 9 ? 61 : 1, tally);
      if (HasFatalFailure()) return;
    }
  }
  if (size <= 9) {
    EXPECT_GT(tally.repetitions, 0);
    EXPECT_GT(tally.suicides, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Reference,
                         ::testing::Values(std::pair{2, 200}, std::pair{3, 300}, std::pair{4, 200},
                                           std::pair{5, 60}, std::pair{6, 20}, std::pair{7, 10},
                                           std::pair{8, 4}, std::pair{9, 3}, std::pair{19, 1}),
                         [](const auto& info) {
                           return "Size" + std::to_string(info.param.first);
                         });

}  // namespace
}  // namespace tengen::envs::go
