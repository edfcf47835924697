#include "agents/pass_guard.h"

#include <optional>

#include "agents/dead_stones.h"
#include "envs/go/score.h"
#include "envs/go/state.h"

namespace tengen::agents {
namespace {

using envs::go::Color;
using envs::go::GoState;

// The game as it would end now, in points for the player to move.
struct Margins {
  float as_it_stands = 0.0f;
  float without_dead = 0.0f;
};

int sign(float x) { return (x > 0.0f) - (x < 0.0f); }

Margins margins(const GoState& state) {
  const float side = state.color_to_play() == Color::kBlack ? 1.0f : -1.0f;
  return {side * envs::go::score_without_dead(state, {}),
          side * envs::go::score_without_dead(state, judge_dead(state))};
}

// The best move that is no pass and fills no eye of our own.
std::optional<envs::Action> best_on_board(const GoState& state, const search::Report& report) {
  for (const search::MoveStats& move : report.moves) {
    if (move.action == state.pass_action()) continue;
    if (!state.board().is_eye(state.point_of(move.action), state.color_to_play())) {
      return move.action;
    }
  }
  return std::nullopt;
}

}  // namespace

envs::Action guard_pass(const envs::State& position, const search::Report& report,
                        envs::Action chosen) {
  const auto* state = dynamic_cast<const GoState*>(&position);
  if (state == nullptr) return chosen;
  const envs::Action pass = state->pass_action();
  const bool would_end = state->passes() > 0;
  if (chosen != pass && !would_end) return chosen;

  const Margins now = margins(*state);
  if (would_end && now.as_it_stands > 0.0f && now.without_dead > 0.0f) return pass;
  if (chosen != pass || sign(now.as_it_stands) == sign(now.without_dead)) return chosen;
  return best_on_board(*state, report).value_or(pass);
}

}  // namespace tengen::agents
