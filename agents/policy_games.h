// Positions as they occur in play: games that an evaluator plays by drawing from its raw policy.
// They calibrate reduced precision, tell what it costs, and open the games of a match.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "envs/state.h"
#include "search/evaluator.h"

namespace tengen::agents {

struct PositionSampling {
  int positions = 128;
  float kept = 0.25f;    // share of a game's positions: those next to each other are much alike
  int random_moves = 4;  // a game begins with at most so many playout moves
  uint64_t seed = 1;
};

// Positions of all phases of several games, none of them at an end; the same ones for the same
// evaluator and options. Costs about positions / kept evaluations.
std::vector<std::unique_ptr<envs::State>> sample_positions(search::Evaluator& evaluator,
                                                           const envs::State& start,
                                                           const PositionSampling& sampling);

// `count` positions after `moves` moves drawn from the raw policy, no two alike unless the game
// has hardly more of them; earlier where the game would end.
std::vector<std::unique_ptr<envs::State>> sample_openings(search::Evaluator& evaluator,
                                                          const envs::State& start, int count,
                                                          int moves, uint64_t seed);

}  // namespace tengen::agents
