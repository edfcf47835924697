// When a game is given up.
#pragma once

namespace tengen::agents {

// Gives up when the value stayed below a threshold for several own moves in a row, and never in
// the opening: one misjudged capture must not end a game.
class Resignation {
 public:
  Resignation(float below_value, int moves) : below_value_(below_value), moves_(moves) {}

  // One own move's root value, for the player to move. True: resign. `move_number` counts the
  // moves of both sides; `points` of the board.
  bool told(float value, int move_number, int points);

 private:
  float below_value_;
  int moves_;  // 0: never
  int in_a_row_ = 0;
};

}  // namespace tengen::agents
