// A player's clock by GTP's rules: main time, then Canadian byo-yomi (so many moves in so much
// time, again and again), or neither; and how much of it the next move may take.
//
// GTP sessions feed it (time_settings, time_left) and pass limits() to Agent::choose. It never
// spends what it needs for the moves to come, and keeps a reserve for what the road to the
// controller costs on every move.
#pragma once

#include "search/drive.h"

namespace tengen::agents {

// Both limits together: of each kind the smaller one that is set.
search::Limits tighter(const search::Limits& a, const search::Limits& b);

class Clock {
 public:
  Clock() = default;  // no limit
  // As GTP's time_settings: byo-yomi time without stones means no limit at all; no byo-yomi time
  // means sudden death.
  Clock(double main_time_s, double byo_yomi_time_s, int byo_yomi_stones);

  bool limited() const { return limited_; }
  double time_left_s() const { return time_left_s_; }
  int stones_left() const { return stones_left_; }  // 0 while main time runs

  // As GTP's time_left: stones 0 means main time. Makes an unlimited clock a limited one.
  void set_left(double time_s, int stones);
  // One own move took so long: keeps the clock right between two time_left commands.
  void spend(double seconds);

  // For the next own move. `move_number`: moves of both sides so far; `points` of the board.
  // Unlimited: no limits.
  search::Limits limits(int move_number, int points) const;

 private:
  bool limited_ = false;
  double byo_yomi_time_s_ = 0.0;
  int byo_yomi_stones_ = 0;
  double time_left_s_ = 0.0;
  int stones_left_ = 0;
};

}  // namespace tengen::agents
