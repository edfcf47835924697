#include "agents/resignation.h"

namespace tengen::agents {

bool Resignation::told(float value, int move_number, int points) {
  in_a_row_ = value < below_value_ ? in_a_row_ + 1 : 0;
  return moves_ > 0 && in_a_row_ >= moves_ && move_number >= points / 4;
}

}  // namespace tengen::agents
