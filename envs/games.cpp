#include "envs/games.h"

#include <algorithm>
#include <map>

#include "envs/go/state.h"
#include "envs/tictactoe.h"
#include "nn/base/check.h"

namespace tengen::envs {
namespace {

using Options = std::map<std::string, std::string>;

struct Game {
  const char* name;
  std::unique_ptr<State> (*start)(const Options& options);
};

std::unique_ptr<State> start_go(const Options& options) {
  return std::make_unique<go::GoState>(go::rules_from_options(options));
}

std::unique_ptr<State> start_tictactoe(const Options& options) {
  if (!options.empty())
    throw Error("tictactoe: unknown option " + options.begin()->first + "; it has no options");
  return std::make_unique<TicTacToe>();
}

// Every game of the house.
constexpr Game kGames[] = {{"go", start_go}, {"tictactoe", start_tictactoe}};

// "size=9,komi=7" by key.
Options parse_options(const std::string& game, const std::string& text) {
  Options options;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string item = text.substr(begin, end - begin);
    const size_t equals = item.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(game + ": expected option=value, found \"" + item + "\"");
    const std::string key = item.substr(0, equals);
    if (!options.emplace(key, item.substr(equals + 1)).second)
      throw Error(game + ": option " + key + " is given twice");
    begin = end + 1;
  }
  return options;
}

}  // namespace

std::unique_ptr<State> new_game(const std::string& description) {
  const size_t colon = std::min(description.find(':'), description.size());
  const std::string name = description.substr(0, colon);
  std::string known;
  for (const Game& game : kGames) {
    if (name == game.name)
      return game.start(
          parse_options(name, colon < description.size() ? description.substr(colon + 1) : ""));
    known += std::string(" ") + game.name;
  }
  throw Error("unknown game \"" + name + "\"; known:" + known);
}

std::vector<std::string> game_names() {
  std::vector<std::string> names;
  for (const Game& game : kGames) names.push_back(game.name);
  return names;
}

}  // namespace tengen::envs
