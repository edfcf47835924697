// Agents without chance, for tests of sessions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agents/agent.h"

namespace tengen::agents {

// Plays the lowest legal action; resigns or fails at wish. Throws CheckFailure when it is told a
// move that its own game does not allow: the session must keep it in step.
class LowestMoveAgent : public Agent {
 public:
  std::string name() const override { return "lowest"; }
  void start(const envs::State& state) override {
    state_ = state.clone();
    ++starts;
  }
  Choice choose(const search::Limits& limits) override {
    CHECK(state_ != nullptr);
    last_limits = limits;
    if (fails) throw AgentFailure("no move\ntoday");
    std::vector<envs::Action> legal;
    state_->legal(legal);
    CHECK(!legal.empty());
    return {.action = legal.front(), .resign = resigns, .report = {}};
  }
  void played(envs::Action action) override { state_->play(action); }

  const envs::State& state() const { return *state_; }

  int starts = 0;
  bool resigns = false;
  bool fails = false;
  search::Limits last_limits;

 private:
  std::unique_ptr<envs::State> state_;
};

}  // namespace tengen::agents
