// A match as text: a table for people, JSON for programs, SGF for every game of Go.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "selfplay/match.h"

namespace tengen::selfplay {

std::string match_table(const MatchResult& result);
nlohmann::json match_json(const MatchResult& result);
// "game 7: B+3.5, GNU Go 3.8 won, moving first", with the reason when a player failed.
std::string match_game_line(const MatchResult& result, const MatchGame& game);
// Empty if the game is not Go.
std::string match_sgf(const MatchResult& result, const MatchGame& game, const std::string& date);

}  // namespace tengen::selfplay
