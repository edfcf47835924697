// Pass-alive areas: what a side keeps even if it passes for ever (Benson 1976, "Life in the game
// of Go").
#pragma once

#include <span>

#include "envs/go/board.h"

namespace tengen::envs::go {

// Fills owners[size * size]: Black's and White's pass-alive stones and the regions that they
// enclose and in which the other side cannot make two eyes (stones of the other side inside are
// dead); kEmpty elsewhere. `suicide`: the rules allow it, which weakens some eyes.
void pass_alive(const Board& board, bool suicide, std::span<Color> owners);

}  // namespace tengen::envs::go
