// Positions as text: '.', 'X' for Black, 'O' for White; spaces are ignored, the top row first.
#pragma once

#include <string>
#include <vector>

#include "envs/go/state.h"

namespace tengen::envs::go {

struct Diagram {
  explicit Diagram(const std::vector<std::string>& rows) {
    for (const std::string& row : rows) {
      for (const char c : row) {
        if (c == ' ') continue;
        if (c == 'X') black.push_back(static_cast<Action>(cells.size()));
        if (c == 'O') white.push_back(static_cast<Action>(cells.size()));
        cells += c;
      }
      ++size;
    }
  }
  int size = 0;
  std::string cells;  // [size * size]
  std::vector<Action> black, white;
};

inline GoState state_of(const std::vector<std::string>& rows, Color to_play, Rules rules = {}) {
  const Diagram diagram(rows);
  rules.size = diagram.size;
  GoState state(rules);
  state.set_up(diagram.black, diagram.white, to_play);
  return state;
}

inline std::string cells_of(const Board& board) {
  std::string cells;
  for (int i = 0; i < board.area(); ++i) cells += ".XO"[static_cast<int>(board[board.at_index(i)])];
  return cells;
}

inline void play_all(GoState& state, const std::vector<std::string>& moves) {
  for (const std::string& move : moves) state.play(state.parse_action(move).value());
}

}  // namespace tengen::envs::go
