// When to pass in Go, where the search and other programs count differently.
//
// The search ends a game by Tromp-Taylor: every stone on the board is alive. Other programs and
// people remove dead stones first. A pass that wins only by the first count loses by the second,
// so we play on until both agree: dead stones of the opponent get captured, ours stop counting.
// And when the opponent has passed and we win by both counts, we pass at once.
#pragma once

#include "envs/state.h"
#include "search/search.h"

namespace tengen::agents {

// The action to play where the search chose `chosen` and judged its moves in `report`. Any game
// but Go: `chosen`.
envs::Action guard_pass(const envs::State& position, const search::Report& report,
                        envs::Action chosen);

}  // namespace tengen::agents
