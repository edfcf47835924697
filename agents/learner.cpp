#include "agents/learner.h"

#include <algorithm>

#include "agents/environment_batch.h"
#include "nn/autograd.h"
#include "nn/base/check.h"

namespace tengen::agents {

std::vector<double> greedy_returns(nn::Layer& policy, const envs::Environment& environment,
                                   int64_t episodes, uint64_t seed) {
  CHECK(!policy.training());
  const nn::NoGrad no_grad;
  EnvironmentBatch batch(environment, episodes, seed);
  std::vector<double> returns(episodes, 0.0);
  std::vector<bool> over(episodes, false);
  for (int64_t left = episodes; left > 0;) {
    const nn::Var scores = policy.forward(nn::Var(batch.observations()));
    const EnvironmentBatch::Step step = batch.step(best_actions(scores.value()));
    for (int64_t i = 0; i < episodes; ++i) {
      if (over[i]) continue;  // the place goes on with an episode that is not asked for
      returns[i] += step.rewards[i];
      over[i] = step.ended[i] || step.cut[i];
      if (over[i]) --left;
    }
  }
  return returns;
}

std::vector<int> best_actions(const nn::Tensor& scores) {
  const int64_t rows = scores.shape()[0], actions = scores.shape()[1];
  std::vector<int> best;
  for (int64_t row = 0; row < rows; ++row) {
    const float* first = scores.data() + row * actions;
    best.push_back(static_cast<int>(std::max_element(first, first + actions) - first));
  }
  return best;
}

}  // namespace tengen::agents
