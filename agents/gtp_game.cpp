#include "agents/gtp_game.h"

namespace tengen::agents {

using envs::Action;
using envs::go::Color;
using envs::go::GoState;

namespace {

// Controllers, not the rules, say when a game is over.
envs::go::Rules patient(envs::go::Rules rules) {
  rules.max_moves = envs::go::patient_move_limit(rules.size);
  return rules;
}

}  // namespace

GtpGame::GtpGame(Agent& agent, const envs::go::Rules& rules)
    : agent_(agent), state_(patient(rules)) {}

void GtpGame::clear(int size) {
  envs::go::Rules rules = state_.rules();
  rules.size = size;
  load(GoState(patient(rules)));
}

void GtpGame::set_komi(float komi) {
  state_.set_komi(komi);
  in_step_ = false;
}

void GtpGame::set_up(std::span<const Action> black, std::span<const Action> white, Color to_play) {
  GoState state(state_.rules());
  state.set_up(black, white, to_play);
  load(state);
}

void GtpGame::load(const GoState& state) {
  state_ = state;
  in_step_ = false;
}

void GtpGame::play(Color color, envs::Action action) {
  if (const auto reason = state_.why_illegal(color, action)) {
    throw Error("illegal move: " + *reason);
  }
  const bool follows = in_step_ && ordinary(color);
  state_.play_as(color, action);
  in_step_ = false;
  if (follows) follow(action);
}

void GtpGame::undo() {
  if (state_.moves().empty()) throw Error("cannot undo");
  const envs::go::GoGame& game = state_.game();
  GoState state(state_.rules());
  state.set_up(game.black, game.white, game.first);
  for (size_t i = 0; i + 1 < state_.moves().size(); ++i) {
    const envs::go::Move& move = state_.moves()[i];
    state.play_as(move.color, state.action_of(move.point));
  }
  load(state);
}

Choice GtpGame::choose(Color color, const search::Limits& limits) {
  const Choice pass{.action = state_.pass_action(), .resign = false, .report = {}};
  // Only the limit on the length of a game makes a pass illegal.
  if (state_.why_illegal(color, pass.action)) return pass;
  const bool ordinary_turn = ordinary(color);
  if (!in_step_ || !ordinary_turn) {
    in_step_ = false;
    agent_.start(ordinary_turn ? state_ : envs::go::without_history(state_, color));
  }
  in_step_ = false;  // unless all goes well
  const Choice choice = agent_.choose(limits);
  in_step_ = ordinary_turn;
  // Without its history a position may hide that superko forbids a move.
  if (!choice.resign && state_.why_illegal(color, choice.action)) return pass;
  return choice;
}

bool GtpGame::ordinary(Color color) const {
  return color == state_.color_to_play() && !state_.over();
}

// An agent that fails to follow is started anew when it must next choose.
void GtpGame::follow(envs::Action action) {
  try {
    agent_.played(action);
    in_step_ = true;
  } catch (const AgentFailure&) {
    in_step_ = false;
  }
}

}  // namespace tengen::agents
