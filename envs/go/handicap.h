// Where handicap stones stand (GTP version 2 specification, section 4.1).
#pragma once

#include <vector>

#include "envs/state.h"

namespace tengen::envs::go {

// The most stones that fixed_handicap places: 9 on odd boards from 9, 4 on other boards from 7,
// none below.
int max_fixed_handicap(int size);
// The points in the order of the specification; an Error that names the range if there is no such
// handicap.
std::vector<Action> fixed_handicap(int size, int stones);
// The fixed points as far as they go, then the points farthest from any stone. An Error unless
// 2 <= stones < size * size.
std::vector<Action> free_handicap(int size, int stones);

}  // namespace tengen::envs::go
