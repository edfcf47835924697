// Area as Tromp and Taylor count it: stones, and empty points that reach stones of one colour only.
#pragma once

#include <span>

#include "envs/go/board.h"

namespace tengen::envs::go {

// Fills owners[size * size] and returns Black's points less White's.
int area_owners(const Board& board, std::span<Color> owners);
int area_margin(const Board& board);

}  // namespace tengen::envs::go
