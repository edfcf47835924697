// Records of Go as SGF, to be looked at in any editor, and games from elsewhere as records.
#pragma once

#include <string>
#include <string_view>

#include "selfplay/record.h"

namespace tengen::selfplay {

// What the search said stands in the comments of the moves. A record of another game is an Error.
std::string to_sgf(const GameRecord& record);
// Moves and outcome without search statistics; the outcome is counted from the final position
// unless RE names a winner. Set-up stones are an Error: a record begins at the empty board.
GameRecord from_sgf(std::string_view text, const std::string& name);

}  // namespace tengen::selfplay
