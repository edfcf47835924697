// Chance as a player: the state's own quick random move (Go: never fills an own eye, so that
// its games end). The floor that everything else must beat.
#pragma once

#include <memory>
#include <string>

#include "agents/agent.h"
#include "nn/base/rng.h"

namespace tengen::agents {

class RandomAgent : public Agent {
 public:
  explicit RandomAgent(uint64_t seed);

  std::string name() const override { return "random"; }
  void start(const envs::State& state) override;
  Choice choose(const search::Limits& limits) override;
  void played(envs::Action action) override;

 private:
  uint64_t seed_;
  uint64_t games_ = 0;  // the stream: games differ
  Rng rng_;
  std::unique_ptr<envs::State> state_;
};

}  // namespace tengen::agents
