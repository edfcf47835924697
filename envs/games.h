// Every game by name: new_game("go:size=9,komi=7"), new_game("tictactoe").
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "envs/state.h"

namespace tengen::envs {

// The starting position of a game: its name, then options after a colon. An unknown game or
// option is an Error that lists the known ones.
std::unique_ptr<State> new_game(const std::string& description);

// The names that new_game knows, for help texts and for tests that visit every game.
std::vector<std::string> game_names();

}  // namespace tengen::envs
