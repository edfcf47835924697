// From what a search knows to what is played: the move, and whether to give up. Pure functions
// and one small counter, so that they are tested without a search.
#pragma once

#include "nn/base/rng.h"
#include "search/drive.h"
#include "search/search.h"

namespace tengen::agents {

// The most visited move; with a temperature t > 0 a move drawn in proportion to visits^(1/t).
// A report without visits below the root is answered by its first move, the one of highest prior.
envs::Action choose_by_visits(const search::Report& report, float temperature, Rng& rng);

// Both limits together: of each kind the smaller one that is set.
search::Limits tighter(const search::Limits& a, const search::Limits& b);

// Gives up when the value stayed below a threshold for several own moves in a row, and never in
// the opening: one misjudged capture must not end a game.
class Resignation {
 public:
  Resignation(float below_value, int moves) : below_value_(below_value), moves_(moves) {}

  // One own move's root value, for the player to move. True: resign. `move_number` counts the
  // moves of both sides; `points` of the board.
  bool told(float value, int move_number, int points);

 private:
  float below_value_;
  int moves_;  // 0: never
  int in_a_row_ = 0;
};

}  // namespace tengen::agents
