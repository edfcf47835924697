// A Go position as planes, channels last, seen by the player to move. The same planes for every
// board size.
//
//   plane  what
//   0  1   stones: own, the opponent's
//   2- 4   own chains with 1, 2, 3 liberties (more: none of the three)
//   5- 7   the opponent's chains with 1, 2, 3 liberties
//   8      points that ko or superko forbids
//   9-13   where the last five moves were played, the latest first; nothing for a pass
//  14 15   pass-alive area: own, the opponent's
//  16      everywhere: komi for the player to move, in tens of points
//  17      everywhere: 1 if Black is to move
//  18      everywhere: 1 if the last move was a pass, so that a pass ends the game
//  19      everywhere: 1, which shows the edge to convolutions that pad with zeros
#pragma once

#include "envs/go/state.h"

namespace tengen::envs::go {

inline constexpr int kPlanes = 20;
inline constexpr int kHistoryPlanes = 5;

// planes[size * size * kPlanes], of the image under `symmetry`.
void encode_features(const GoState& state, int symmetry, float* planes);

}  // namespace tengen::envs::go
