#include "agents/move_choice.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"

namespace tengen::agents {
namespace {

template <class T>
T smaller_if_set(T a, T b) {
  if (a <= T{0}) return std::max(b, T{0});
  if (b <= T{0}) return a;
  return std::min(a, b);
}

}  // namespace

envs::Action choose_by_visits(const search::Report& report, float temperature, Rng& rng) {
  CHECK(!report.moves.empty());
  const int most = report.moves.front().visits;  // ordered by visits, then prior
  if (temperature <= 0.0f || most == 0) return report.moves.front().action;
  std::vector<float> weights;
  for (const search::MoveStats& move : report.moves) {
    // Relative to the most visited, so that low temperatures do not overflow.
    weights.push_back(
        std::pow(static_cast<float>(move.visits) / static_cast<float>(most), 1.0f / temperature));
  }
  return report.moves[static_cast<size_t>(rng.pick(weights))].action;
}

search::Limits tighter(const search::Limits& a, const search::Limits& b) {
  return {.visits = smaller_if_set(a.visits, b.visits),
          .time_s = smaller_if_set(a.time_s, b.time_s)};
}

bool Resignation::told(float value, int move_number, int points) {
  in_a_row_ = value < below_value_ ? in_a_row_ + 1 : 0;
  return moves_ > 0 && in_a_row_ >= moves_ && move_number >= points / 4;
}

}  // namespace tengen::agents
