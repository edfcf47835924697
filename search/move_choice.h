// From visits to a move: pure functions of a Report.
#pragma once

#include <optional>
#include <vector>

#include "nn/base/rng.h"
#include "search/search.h"

namespace tengen::search {

// An index into `moves`, drawn with probability proportional to visits^(1 / temperature)
// (Silver et al. 2017, Methods, "Play"). Temperature 0, or no visits at all: the first, which is
// the most visited. Nothing if there are no moves.
std::optional<size_t> pick_by_visits(const std::vector<MoveStats>& moves, float temperature,
                                     Rng& rng);

// The index of the move with the highest value - deviations * sqrt((1 - value^2) / visits) among
// those with at least `visit_fraction` of the most visits: the lower bound of what the move is
// worth. A result in [-1, 1] of that mean varies by at most 1 - value^2. (Choosing by lower
// confidence bound: Leela Zero 0.17 and KataGo.) Nothing if no move was visited.
std::optional<size_t> pick_by_lower_bound(const std::vector<MoveStats>& moves,
                                          float deviations = 2.0f, float visit_fraction = 0.2f);

}  // namespace tengen::search
