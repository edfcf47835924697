// Scores for people: which stones are dead when both sides have passed, and what is left then.
//
// The rules know no dead stones; this is an estimate for final_score and final_status_list, from
// random playouts and the pass-alive areas, which are certain.
#pragma once

#include <span>
#include <vector>

#include "envs/go/state.h"

namespace tengen::envs::go {

struct DeadEstimate {
  std::vector<float> ownership;  // [size * size], mean over playouts: +1 Black's, -1 White's
  std::vector<Action> dead;      // the points of dead stones, ascending
};

// Plays `playouts` random games from the position (0 leaves only the certain deaths). A chain is
// dead if its points go to the other side clearly more often than not.
DeadEstimate estimate_dead(const GoState& state, int playouts, Rng& rng);

// The board without these stones; each takes its chain along.
Board without_dead(const Board& board, std::span<const Action> dead);
// Black's area less White's and komi, after the dead stones are gone.
float score_without_dead(const GoState& state, std::span<const Action> dead);
// "B+3.5", "W+12", "0".
std::string result_text(float score);

}  // namespace tengen::envs::go
