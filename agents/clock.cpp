#include "agents/clock.h"

#include <algorithm>

#include "nn/base/check.h"

namespace tengen::agents {
namespace {

constexpr double kLagS = 0.1;     // lost on the road, each move
constexpr double kLeastS = 0.01;  // a flag that falls anyway is met with a move, not with nothing

// How many moves of ours the game may still last: a game fills about 0.7 of the points, and is
// never taken to be nearly over, for some fights last long.
double own_moves_left(int move_number, int points) {
  const double usual = (0.7 * points - move_number) / 2;
  return std::max({usual, 0.12 * points, 6.0});
}

// Kept back for the lag of a very long game, but never more than most of what is left.
double reserve(double time_left_s, int points) {
  return std::min(kLagS * points / 2, 0.7 * time_left_s);
}

// The opening is known and the endgame is small: the middle, where games are decided, gets more.
double weight_of_stage(int move_number, int points) {
  if (move_number < points / 12) return 0.7;
  if (move_number < points * 45 / 100) return 1.4;
  return 1.0;
}

template <class T>
T smaller_if_set(T a, T b) {
  if (a <= T{0}) return std::max(b, T{0});
  if (b <= T{0}) return a;
  return std::min(a, b);
}

}  // namespace

search::Limits tighter(const search::Limits& a, const search::Limits& b) {
  return {.visits = smaller_if_set(a.visits, b.visits),
          .time_s = smaller_if_set(a.time_s, b.time_s)};
}

Clock::Clock(double main_time_s, double byo_yomi_time_s, int byo_yomi_stones)
    : byo_yomi_time_s_(byo_yomi_time_s), byo_yomi_stones_(byo_yomi_stones) {
  CHECK(main_time_s >= 0.0);
  CHECK(byo_yomi_time_s >= 0.0);
  CHECK(byo_yomi_stones >= 0);
  if (byo_yomi_time_s == 0.0) byo_yomi_stones_ = 0;
  set_left(main_time_s, 0);
  if (main_time_s == 0.0 && byo_yomi_stones_ > 0) set_left(byo_yomi_time_s_, byo_yomi_stones_);
  limited_ = byo_yomi_time_s == 0.0 || byo_yomi_stones > 0;
}

void Clock::set_left(double time_s, int stones) {
  limited_ = true;
  time_left_s_ = std::max(time_s, 0.0);
  stones_left_ = std::max(stones, 0);
}

void Clock::spend(double seconds) {
  if (!limited_) return;
  time_left_s_ -= seconds;
  if (stones_left_ > 0 && --stones_left_ == 0) {
    time_left_s_ = byo_yomi_time_s_;  // the period's moves are made: a new period
    stones_left_ = byo_yomi_stones_;
  } else if (time_left_s_ <= 0.0 && stones_left_ == 0 && byo_yomi_stones_ > 0) {
    // Main time ended during this move, which is the first of the period.
    time_left_s_ += byo_yomi_time_s_;
    stones_left_ = byo_yomi_stones_ - 1;
    if (stones_left_ == 0) set_left(byo_yomi_time_s_, byo_yomi_stones_);
  }
  time_left_s_ = std::max(time_left_s_, 0.0);
}

search::Limits Clock::limits(int move_number, int points) const {
  if (!limited_) return {};
  double share = 0.0;
  if (stones_left_ > 0) {
    share = time_left_s_ / stones_left_ - kLagS;
  } else {
    const double usable = time_left_s_ - reserve(time_left_s_, points);
    share = usable / own_moves_left(move_number, points) * weight_of_stage(move_number, points);
    // With byo-yomi behind it, main time may run at that pace to its end.
    if (byo_yomi_stones_ > 0) {
      const double pace = byo_yomi_time_s_ / byo_yomi_stones_ - kLagS;
      share = std::max(share, std::min(time_left_s_ - kLagS, pace));
    }
  }
  return {.visits = 0, .time_s = std::max(share, kLeastS)};
}

}  // namespace tengen::agents
