// Which stones people would agree to be dead when both sides have passed: for final scores, for the
// referee of a match, and for whoever must know before passing.
#pragma once

#include <vector>

#include "envs/go/state.h"

namespace tengen::agents {

// The points of dead stones, ascending. The owner of each point is the mean of two opinions: random
// playouts, which kill whatever can be killed by chance, and the shipped network's ownership head,
// which knows shapes but learned them on one board size. The same position is always judged alike.
std::vector<envs::Action> judge_dead(const envs::go::GoState& state);

}  // namespace tengen::agents
