// The game of a GTP session, and the agent that follows it.
//
// Controllers may play out of turn, take back, go on after two passes and change komi. All of
// this happens here at once; the agent, which knows ordinary games only, is brought to the
// position when it must next choose, and follows ordinary moves as they come.
#pragma once

#include <span>

#include "agents/agent.h"
#include "envs/go/state.h"

namespace tengen::agents {

class GtpGame {
 public:
  GtpGame(Agent& agent, const envs::go::Rules& rules);

  const envs::go::GoState& state() const { return state_; }

  // An empty board; komi and the other rules stay.
  void clear(int size);
  void set_komi(float komi);
  // Stones on an empty board, without history.
  void set_up(std::span<const envs::Action> black, std::span<const envs::Action> white,
              envs::go::Color to_play);
  void load(const envs::go::GoState& state);
  // An Error says why a move is illegal.
  void play(envs::go::Color color, envs::Action action);
  void undo();
  // What the agent would play for `color`. Does not play it.
  Choice choose(envs::go::Color color, const search::Limits& limits);

 private:
  bool ordinary(envs::go::Color color) const;
  void follow(envs::Action action);

  Agent& agent_;
  envs::go::GoState state_;
  bool in_step_ = false;  // the agent stands at state_
};

}  // namespace tengen::agents
