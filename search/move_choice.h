// From visits to a move.
#pragma once

#include "nn/base/rng.h"
#include "search/search.h"

namespace tengen::search {

// A move of the report drawn with probability proportional to visits^(1 / temperature) (Silver et
// al. 2017, Methods, "Play"). Temperature 0, or no visits below the root: the first, which is the
// most visited and among equals that of the highest prior. The report has moves.
envs::Action choose_by_visits(const Report& report, float temperature, Rng& rng);

}  // namespace tengen::search
