// The eight symmetries of a square board, as tables of actions.
#pragma once

#include <vector>

#include "envs/state.h"

namespace tengen::envs {

// tables[s][a] is the image of action a. s is three bits: 1 mirrors the columns, 2 mirrors the
// rows, 4 then swaps rows and columns; 0 is the identity. With `pass`, action size * size is its
// own image.
std::vector<std::vector<Action>> square_symmetries(int size, bool pass);

}  // namespace tengen::envs
