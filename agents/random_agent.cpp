#include "agents/random_agent.h"

namespace tengen::agents {

RandomAgent::RandomAgent(uint64_t seed) : seed_(seed), rng_(seed) {}

void RandomAgent::start(const envs::State& state) {
  state_ = state.clone();
  rng_ = Rng(seed_, games_++);
}

Choice RandomAgent::choose(const search::Limits&) {
  CHECK(state_ != nullptr);
  CHECK(!state_->outcome().has_value());
  Choice choice;
  choice.action = state_->playout_move(rng_);
  return choice;
}

void RandomAgent::played(envs::Action action) {
  CHECK(state_ != nullptr);
  state_->play(action);
}

}  // namespace tengen::agents
