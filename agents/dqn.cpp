#include "agents/dqn.h"

#include <algorithm>

#include "agents/environment_batch.h"
#include "nn/base/check.h"
#include "nn/layers/linear.h"
#include "nn/layers/sequential.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"

namespace tengen::agents {
namespace {

using nn::Tensor;
using nn::Var;

// The last steps, the oldest overwritten first.
class Memory {
 public:
  Memory(int64_t capacity, int64_t observations)
      : capacity_(capacity),
        before_({capacity, observations}),
        after_({capacity, observations}),
        facts_({capacity, kFacts}) {}

  int64_t size() const { return std::min(added_, capacity_); }

  void add(const float* before, int action, float reward, bool ended, const float* after) {
    const int64_t row = added_++ % capacity_, numbers = before_.shape()[1];
    std::copy_n(before, numbers, before_.data() + row * numbers);
    std::copy_n(after, numbers, after_.data() + row * numbers);
    float* facts = facts_.data() + row * kFacts;
    facts[kAction] = static_cast<float>(action);
    facts[kReward] = reward;
    facts[kGoesOn] = ended ? 0.0f : 1.0f;
  }

  struct Batch {
    Tensor before, after;  // [N,O]
    std::vector<int> actions;
    std::vector<float> rewards, goes_on;  // goes_on: 0 where the episode ended
  };
  Batch drawn(int64_t count, Rng& rng) const {
    const int64_t numbers = before_.shape()[1];
    Batch batch{Tensor({count, numbers}), Tensor({count, numbers}), {}, {}, {}};
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = rng.below(static_cast<uint32_t>(size()));
      std::copy_n(before_.data() + row * numbers, numbers, batch.before.data() + i * numbers);
      std::copy_n(after_.data() + row * numbers, numbers, batch.after.data() + i * numbers);
      const float* facts = facts_.data() + row * kFacts;
      batch.actions.push_back(static_cast<int>(facts[kAction]));
      batch.rewards.push_back(facts[kReward]);
      batch.goes_on.push_back(facts[kGoesOn]);
    }
    return batch;
  }

  void add_to(nn::Checkpoint& checkpoint) { checkpoint.add("memory", *this).add("added", added_); }
  std::vector<nn::NamedTensor> state() const {
    return {{"before", before_}, {"after", after_}, {"facts", facts_}};
  }
  void load_state(const std::vector<nn::NamedTensor>& entries) {
    nn::load_entries(state(), entries);
  }

 private:
  enum Fact { kAction, kReward, kGoesOn, kFacts };
  int64_t capacity_, added_ = 0;
  Tensor before_, after_, facts_;
};

void build(nn::Sequential& net, int64_t observations, int64_t hidden, int64_t actions, Rng& rng) {
  net.add<nn::Linear>("hidden1", observations, hidden, rng)
      .add(nn::relu)
      .add<nn::Linear>("hidden2", hidden, hidden, rng)
      .add(nn::relu)
      .add<nn::Linear>("out", hidden, actions, rng);
}

class Dqn : public Learner {
 public:
  Dqn(const envs::Environment& environment, const DqnOptions& options, uint64_t seed)
      : options_(options),
        actions_(static_cast<int64_t>(environment.spec().actions.size())),
        rng_(seed, 1),
        batch_(environment, options.environments, seed),
        memory_(options.memory, static_cast<int64_t>(environment.spec().observations.size())) {
    const auto observations = static_cast<int64_t>(environment.spec().observations.size());
    build(net_, observations, options.hidden, actions_, rng_);
    build(target_, observations, options.hidden, actions_, rng_);
    optimizer_ = nn::make_adam(net_.parameters(), {});
    target_.load_state(net_.state());
    target_.train(false);
  }

  void learn(double share) override {
    const double random = std::max(options_.last_random,
                                   1 - (1 - options_.last_random) * share / options_.random_share);
    for (int64_t i = 0; i < options_.steps_each_time; i += batch_.size())
      act(steps_ < options_.first_steps ? 1.0 : random);
    if (steps_ < options_.first_steps) return;
    for (int64_t i = 0; i < options_.batches_each_time; ++i) {
      learn_from(memory_.drawn(options_.batch_size, rng_));
      if (++learned_ % options_.target_interval == 0) target_.load_state(net_.state());
    }
  }

  int64_t steps() const override { return steps_; }
  nn::Layer& policy() override { return net_; }
  std::vector<double> take_returns() override { return batch_.take_returns(); }

  void add_to(nn::Checkpoint& checkpoint) override {
    checkpoint.add("net", net_).add("target", target_).add("optimizer", *optimizer_);
    checkpoint.add("environments", batch_).add("chance", batch_.chance()).add("choices", rng_);
    checkpoint.add("steps", steps_).add("learned", learned_);
    memory_.add_to(checkpoint);
  }

 private:
  void act(double random) {
    const nn::NoGrad no_grad;
    const Tensor seen = batch_.observations();
    std::vector<int> chosen = best_actions(net_.forward(Var(seen)).value());
    for (int& action : chosen)
      if (rng_.uniform() < random)
        action = static_cast<int>(rng_.below(static_cast<uint32_t>(actions_)));
    const EnvironmentBatch::Step step = batch_.step(chosen);
    const int64_t numbers = seen.shape()[1];
    for (int64_t i = 0; i < batch_.size(); ++i)
      memory_.add(seen.data() + i * numbers, chosen[i], step.rewards[i], step.ended[i],
                  step.seen.data() + i * numbers);
    steps_ += batch_.size();
  }

  // r + gamma Q'(s', argmax Q(s')), which is r at an episode's end; van Hasselt et al., equation 4.
  Tensor targets(const Memory::Batch& batch) {
    const nn::NoGrad no_grad;
    const std::vector<int> next = best_actions(net_.forward(Var(batch.after)).value());
    const Tensor worth = target_.forward(Var(batch.after)).value();
    const auto count = static_cast<int64_t>(next.size());
    Tensor out({count, 1});
    for (int64_t i = 0; i < count; ++i)
      out.data()[i] = batch.rewards[i] +
                      options_.discount * batch.goes_on[i] * worth.data()[i * actions_ + next[i]];
    return out;
  }

  void learn_from(const Memory::Batch& batch) {
    const Tensor target = targets(batch);
    const auto count = static_cast<int64_t>(batch.actions.size());
    Tensor chosen({count, actions_});
    for (int64_t i = 0; i < count; ++i) chosen.data()[i * actions_ + batch.actions[i]] = 1.0f;
    optimizer_->zero_grad();
    const Var worth = nn::sum(multiply(net_.forward(Var(batch.before)), Var(chosen)), 1);
    backward(huber_loss(nn::reshape(worth, {count, 1}), target, 1.0f));
    optimizer_->clip_gradient(options_.clip_gradient);
    optimizer_->step(options_.rate);
  }

  const DqnOptions options_;
  const int64_t actions_;
  Rng rng_;
  EnvironmentBatch batch_;
  Memory memory_;
  nn::Sequential net_, target_;  // [N,O] -> [N,A], what each action is worth
  std::unique_ptr<nn::Optimizer> optimizer_;
  int64_t steps_ = 0, learned_ = 0;
};

}  // namespace

std::unique_ptr<Learner> make_dqn(const envs::Environment& environment, const DqnOptions& options,
                                  uint64_t seed) {
  return std::make_unique<Dqn>(environment, options, seed);
}

}  // namespace tengen::agents
