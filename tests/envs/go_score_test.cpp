// Area, dead stones, results, and what is known of random games.
#include "envs/go/score.h"

#include <gtest/gtest.h>

#include "envs/go/area.h"
#include "tests/envs/diagram.h"

namespace tengen::envs::go {
namespace {

TEST(Area, CountsStonesAndWhatTheyAloneReach) {
  const auto margin = [](const std::vector<std::string>& rows) {
    return area_margin(state_of(rows, Color::kBlack).board());
  };
  EXPECT_EQ(margin({"...", "...", "..."}), 0);
  EXPECT_EQ(margin({"...", ".X.", "..."}), 9);
  EXPECT_EQ(margin({"X..", "...", "..O"}), 0);
  EXPECT_EQ(margin({".XO", ".XO", ".X."}), 6 - 2);  // the last point is disputed
  EXPECT_EQ(margin({".XO.", ".XO.", ".XO.", ".XO."}), 0);
  EXPECT_EQ(margin({".O.", "OOO", "O.O"}), -9);
}

TEST(Area, TellsTheOwnerOfEveryPoint) {
  GoState state = state_of({".XO", ".XO", ".X."}, Color::kBlack);
  play_all(state, {"pass", "pass"});
  std::vector<float> owners(9);
  state.ownership(owners);
  EXPECT_EQ(owners, (std::vector<float>{1, 1, -1, 1, 1, -1, 1, 1, 0}));
}

const std::vector<std::string> kFinished = {". . X O . . .",  //
                                            ". O X O . . .",  //
                                            ". . X O . X .",  //
                                            ". . X O . . .",  //
                                            ". . X O . . .",  //
                                            ". . X O . . .",  //
                                            ". . X O . . ."};

TEST(Score, RemovesDeadStones) {
  const GoState state = state_of(kFinished, Color::kBlack, {.komi = 7.5f});
  Rng rng(1);
  const std::vector<Action> dead = dead_stones(state, playout_ownership(state, 400, rng));
  EXPECT_EQ(dead, (std::vector<Action>{*state.parse_action("B6"), *state.parse_action("F5")}));
  EXPECT_EQ(score_without_dead(state, dead), 21.0f - 28.0f - 7.5f);
  EXPECT_EQ(cells_of(without_dead(state.board(), dead)).find('O'), 3u);
}

TEST(Score, PassAliveAreasNeedNoPlayouts) {
  const GoState state = state_of({". X . O X",  //
                                  "X X X X X",  //
                                  ". . . . .",  //
                                  "O O O O O",  //
                                  ". O . O ."},
                                 Color::kWhite);
  EXPECT_EQ(dead_stones(state, std::vector<float>(25, 0.0f)), std::vector<Action>{3});
}

TEST(Score, IsTheSameForTheSameSeed) {
  const GoState state = state_of(kFinished, Color::kWhite);
  Rng a(5), b(5);
  EXPECT_EQ(playout_ownership(state, 20, a), playout_ownership(state, 20, b));
}

TEST(Score, ReadsAsPeopleWriteIt) {
  EXPECT_EQ(result_text(3.5f), "B+3.5");
  EXPECT_EQ(result_text(-12.0f), "W+12");
  EXPECT_EQ(result_text(0.0f), "0");
}

// Uniform play that fills no eyes lasts 111 moves on 9x9 (libego's well-known figure), ends by
// passes, and leaves nothing but eyes.
TEST(Playouts, LastAsLongAsTheyShould) {
  constexpr int kGames = 2000;
  const GoState start(Rules{.size = 9});
  GoState game = start;
  Rng rng(12);
  double moves = 0.0;
  for (int i = 0; i < kGames; ++i) {
    game.copy_from(start);
    while (!game.over()) game.play(game.playout_move(rng));
    moves += static_cast<double>(game.moves().size());
    if (game.passes() < 2) continue;  // the length limit
    for (const Point p : game.board().empty_points()) {
      bool black = false, white = false;
      for (const Point q : game.board().neighbours(p)) {
        black |= game.board()[q] == Color::kBlack;
        white |= game.board()[q] == Color::kWhite;
      }
      ASSERT_FALSE(!black && !white) << game.text();
    }
  }
  EXPECT_NEAR(moves / kGames, 111.0, 1.5);
}

}  // namespace
}  // namespace tengen::envs::go
