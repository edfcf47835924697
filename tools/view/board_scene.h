// Positions as they are drawn.
#pragma once

#include "envs/state.h"
#include "tools/view/scene.h"

namespace tengen::tools::view {

// Stones, whose turn, ko. Of games other than Go the first two planes tell the marks.
BoardScene board_scene(const envs::State& state);
// The policy over points, pass left out.
bool is_point(const envs::State& state, envs::Action action);

}  // namespace tengen::tools::view
