// The planes, against a plain description of the same positions.
#include "envs/go/features.h"

#include <gtest/gtest.h>

#include "envs/go/pass_alive.h"
#include "tests/envs/diagram.h"
#include "tests/envs/plain_go.h"

namespace tengen::envs::go {
namespace {

// The table of features.h for one point, from the plain board.
std::vector<float> plain_features(const GoState& state, const PlainGo& plain, int a) {
  std::vector<float> cell(kPlanes, 0.0f);
  const char own = state.color_to_play() == Color::kBlack ? 'X' : 'O';
  const char stone = plain.cells()[static_cast<size_t>(a)];
  if (stone != '.') {
    const size_t side = stone == own ? 0 : 1;
    const size_t liberties = plain.liberties(plain.cells(), a).size();
    cell[side] = 1.0f;
    if (liberties <= 3) cell[2 + 3 * side + liberties - 1] = 1.0f;
  }
  // Under rules without suicide, what is empty, legal without history and yet illegal is ko.
  if (stone == '.' && !state.over()) {
    PlainGo fresh = plain;
    fresh.forget();
    cell[8] = fresh.after(a).has_value() && !plain.after(a).has_value() ? 1.0f : 0.0f;
  }
  const auto& moves = state.moves();
  for (size_t back = 0; back < 5 && back < moves.size(); ++back)
    if (state.action_of(moves[moves.size() - 1 - back].point) == a) cell[9 + back] = 1.0f;
  std::vector<Color> owners(static_cast<size_t>(state.board().area()));
  pass_alive(state.board(), state.rules().suicide, owners);
  const Color owner = owners[static_cast<size_t>(a)];
  if (owner != Color::kEmpty) cell[owner == state.color_to_play() ? 14 : 15] = 1.0f;
  cell[16] = (own == 'X' ? -state.rules().komi : state.rules().komi) / 10.0f;
  cell[17] = own == 'X' ? 1.0f : 0.0f;
  cell[18] = !moves.empty() && moves.back().point == Point::kNone ? 1.0f : 0.0f;
  cell[19] = 1.0f;
  return cell;
}

TEST(Features, FollowTheirTable) {
  int forbidden = 0;
  for (const int size : {3, 5, 9}) {
    for (uint64_t game = 0; game < (size < 9 ? 20u : 3u); ++game) {
      const Rules rules{.size = size, .komi = 6.5f};
      GoState state(rules);
      PlainGo plain(rules);
      Rng rng(61, game);
      std::vector<float> planes(static_cast<size_t>(size * size * kPlanes));
      while (!state.over()) {
        state.encode(0, planes.data());
        for (int a = 0; a < size * size; ++a) {
          const auto begin = planes.begin() + a * kPlanes;
          const std::vector<float> cell(begin, begin + kPlanes);
          ASSERT_EQ(cell, plain_features(state, plain, a)) << state.text() << state.action_text(a);
          forbidden += cell[8] > 0.0f;
        }
        std::vector<Action> legal;
        state.legal(legal);
        const Action action = legal[rng.below(static_cast<uint32_t>(legal.size()))];
        state.play(action);
        if (action == state.pass_action())
          plain.pass();
        else
          plain.play(action);
      }
    }
  }
  EXPECT_GT(forbidden, 0);
}

}  // namespace
}  // namespace tengen::envs::go
