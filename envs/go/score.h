// Scores for people: which stones are dead when both sides have passed, and what is left then.
//
// The rules know no dead stones: whoever will own the points is estimated, by random playouts here
// or by whoever knows better; the pass-alive areas are certain.
#pragma once

#include <span>
#include <vector>

#include "envs/go/state.h"

namespace tengen::envs::go {

// Mean owner of each point [size * size] over random playouts: +1 Black's, -1 White's.
std::vector<float> playout_ownership(const GoState& state, int playouts, Rng& rng);

// The points of dead stones, ascending: those of chains whose points, by the estimated
// `ownership` [size * size], go to the other side clearly more often than not. In pass-alive areas
// the certain owner counts.
std::vector<Action> dead_stones(const GoState& state, std::vector<float> ownership);

// The board without these stones; each takes its chain along.
Board without_dead(const Board& board, std::span<const Action> dead);
// Black's area less White's and komi, after the dead stones are gone.
float score_without_dead(const GoState& state, std::span<const Action> dead);
// "B+3.5", "W+12", "0".
std::string result_text(float score);

}  // namespace tengen::envs::go
