// Agents that learn a task by trying: what DQN and PPO have in common, and how they are measured.
//
//   const auto learner = make_ppo(*envs::new_environment("cartpole"), {}, seed);
//   while (learner->steps() < 100000) learner->learn();
//   greedy_returns(learner->policy(), environment, 100, seed);
#pragma once

#include <memory>
#include <vector>

#include "envs/environment.h"
#include "nn/layers/module.h"
#include "nn/training/checkpoint.h"

namespace tengen::agents {

class Learner {
 public:
  virtual ~Learner() = default;

  // Acts for a while and learns from it; `share` of the whole training is done, in [0, 1].
  virtual void learn(double share) = 0;
  // Of all environments together, so far.
  virtual int64_t steps() const = 0;
  // Observations [N,O] to scores of the actions [N,A]; the best is what it would do in earnest.
  virtual nn::Layer& policy() = 0;
  // The sums of rewards of the episodes that ended since the last call.
  virtual std::vector<double> take_returns() = 0;
  // Everything from which learning goes on bit-exactly; the learner must outlive the checkpoint.
  virtual void add_to(nn::Checkpoint& checkpoint) = 0;
};

// What `episodes` episodes are worth when the action with the highest score is always taken. The
// layer must be in evaluation.
std::vector<double> greedy_returns(nn::Layer& policy, const envs::Environment& environment,
                                   int64_t episodes, uint64_t seed);

// The index of the largest of each row: scores [N,A] -> N actions.
std::vector<int> best_actions(const nn::Tensor& scores);

}  // namespace tengen::agents
