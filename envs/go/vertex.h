// Points as GTP and people name them: columns A to Z without I, row 1 at the bottom.
#pragma once

#include <optional>
#include <string>

#include "envs/state.h"

namespace tengen::envs::go {

// "D4"; the action size * size is "pass".
std::string vertex_text(Action action, int size);
// Either case. Nothing for what is no vertex of this board.
std::optional<Action> parse_vertex(const std::string& text, int size);

}  // namespace tengen::envs::go
