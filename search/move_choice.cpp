#include "search/move_choice.h"

#include <cmath>

#include "nn/base/check.h"

namespace tengen::search {

envs::Action choose_by_visits(const Report& report, float temperature, Rng& rng) {
  CHECK(!report.moves.empty());
  CHECK(temperature >= 0.0f);
  const int most = report.moves.front().visits;  // ordered by visits, then prior
  if (temperature == 0.0f || most == 0) return report.moves.front().action;
  // Relative to the most visits, so that a low temperature does not overflow.
  std::vector<float> weights;
  for (const MoveStats& move : report.moves) {
    const float share = static_cast<float>(move.visits) / static_cast<float>(most);
    weights.push_back(std::pow(share, 1.0f / temperature));
  }
  return report.moves[static_cast<size_t>(rng.pick(weights))].action;
}

}  // namespace tengen::search
