#include "agents/environment_batch.h"

#include <algorithm>
#include <utility>

#include "nn/base/check.h"

namespace tengen::agents {

EnvironmentBatch::EnvironmentBatch(const envs::Environment& environment, int64_t count,
                                   uint64_t seed)
    : returns_(count, 0.0f), chance_(seed) {
  CHECK(count > 0);
  for (int64_t i = 0; i < count; ++i) {
    environments_.push_back(environment.clone());
    environments_.back()->reset(chance_);
  }
}

EnvironmentBatch::Step EnvironmentBatch::step(const std::vector<int>& actions) {
  CHECK(actions.size() == environments_.size());
  const auto numbers = static_cast<int64_t>(environments_[0]->spec().observations.size());
  Step step{.rewards = {}, .ended = {}, .cut = {}, .seen = nn::Tensor({size(), numbers})};
  for (int64_t i = 0; i < size(); ++i) {
    envs::Environment& environment = *environments_[i];
    const envs::StepResult result = environment.step(actions[i]);
    environment.observe(step.seen.data() + i * numbers);
    step.rewards.push_back(result.reward);
    step.ended.push_back(result.ended);
    step.cut.push_back(result.cut);
    returns_[i] += result.reward;
    if (!result.over()) continue;
    finished_.push_back(returns_[i]);
    returns_[i] = 0;
    environment.reset(chance_);
  }
  return step;
}

nn::Tensor EnvironmentBatch::observations() const {
  const auto numbers = static_cast<int64_t>(environments_[0]->spec().observations.size());
  nn::Tensor seen({size(), numbers});
  for (int64_t i = 0; i < size(); ++i) environments_[i]->observe(seen.data() + i * numbers);
  return seen;
}

std::vector<double> EnvironmentBatch::take_returns() { return std::exchange(finished_, {}); }

std::vector<nn::NamedTensor> EnvironmentBatch::state() const {
  std::vector<float> all = returns_;
  for (const auto& environment : environments_) {
    const std::vector<float> one = environment->state();
    all.insert(all.end(), one.begin(), one.end());
  }
  return {{"all", nn::Tensor({static_cast<int64_t>(all.size())}, all)}};
}

void EnvironmentBatch::load_state(const std::vector<nn::NamedTensor>& entries) {
  const std::vector<nn::NamedTensor> own = state();
  nn::load_entries(own, entries);
  const float* from = own[0].tensor.data();
  returns_.assign(from, from + size());
  from += size();
  for (const auto& environment : environments_) {
    const size_t length = environment->state().size();
    environment->set_state({from, from + length});
    from += length;
  }
}

}  // namespace tengen::agents
