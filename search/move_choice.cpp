#include "search/move_choice.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"

namespace tengen::search {

namespace {

int most_visits(const std::vector<MoveStats>& moves) {
  int most = 0;
  for (const MoveStats& move : moves) most = std::max(most, move.visits);
  return most;
}

}  // namespace

std::optional<size_t> pick_by_visits(const std::vector<MoveStats>& moves, float temperature,
                                     Rng& rng) {
  CHECK(temperature >= 0.0f);
  if (moves.empty()) return std::nullopt;
  const int most = most_visits(moves);
  if (temperature == 0.0f || most == 0) return 0;
  // Relative to the most visits, so that a low temperature does not overflow.
  std::vector<float> weights;
  for (const MoveStats& move : moves) {
    const float share = static_cast<float>(move.visits) / static_cast<float>(most);
    weights.push_back(move.visits > 0 ? std::pow(share, 1.0f / temperature) : 0.0f);
  }
  return static_cast<size_t>(rng.pick(weights));
}

std::optional<size_t> pick_by_lower_bound(const std::vector<MoveStats>& moves, float deviations,
                                          float visit_fraction) {
  const auto enough = visit_fraction * static_cast<float>(most_visits(moves));
  std::optional<size_t> best;
  float best_bound = 0.0f;
  for (size_t i = 0; i < moves.size(); ++i) {
    const auto visits = static_cast<float>(moves[i].visits);
    if (visits <= 0.0f || visits < enough) continue;
    const float variance = std::max(0.0f, 1.0f - moves[i].value * moves[i].value);
    const float bound = moves[i].value - deviations * std::sqrt(variance / visits);
    if (!best || bound > best_bound) {
      best = i;
      best_bound = bound;
    }
  }
  return best;
}

}  // namespace tengen::search
