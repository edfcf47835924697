// Several copies of one environment side by side, so that a network judges them as one batch.
#pragma once

#include <memory>
#include <vector>

#include "envs/environment.h"
#include "nn/layers/module.h"

namespace tengen::agents {

class EnvironmentBatch {
 public:
  // Each begins an episode. Chance comes from Rng(seed).
  EnvironmentBatch(const envs::Environment& environment, int64_t count, uint64_t seed);

  struct Step {
    std::vector<float> rewards;
    std::vector<bool> ended, cut;
    nn::Tensor seen;  // [count,O] after the action; of an episode that is over, its last
  };
  // One action for each. Episodes that are over begin anew.
  Step step(const std::vector<int>& actions);

  int64_t size() const { return static_cast<int64_t>(environments_.size()); }
  nn::Tensor observations() const;  // [count,O], now
  // Sums of rewards of the episodes that ended since the last call.
  std::vector<double> take_returns();

  // For checkpoints.
  std::vector<nn::NamedTensor> state() const;
  void load_state(const std::vector<nn::NamedTensor>& entries);
  Rng& chance() { return chance_; }

 private:
  std::vector<std::unique_ptr<envs::Environment>> environments_;
  std::vector<float> returns_;  // of the running episodes, so far
  std::vector<double> finished_;
  Rng chance_;
};

}  // namespace tengen::agents
