#include "agents/ppo.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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

void add_tower(nn::Sequential& net, int64_t in, int64_t hidden, int64_t out, Rng& rng) {
  net.add<nn::Linear>("hidden1", in, hidden, rng)
      .add(nn::tanh)
      .add<nn::Linear>("hidden2", hidden, hidden, rng)
      .add(nn::tanh)
      .add<nn::Linear>("out", hidden, out, rng);
}

class ActorCritic : public nn::Module {
 public:
  ActorCritic(int64_t observations, int64_t actions, int64_t hidden, Rng& rng) {
    add_tower(policy, observations, hidden, actions, rng);
    add_tower(value, observations, hidden, 1, rng);
    add_child("policy", policy);
    add_child("value", value);
  }
  nn::Sequential policy;  // [N,O] -> [N,A]
  nn::Sequential value;   // [N,O] -> [N,1]
};

// What was done in one stretch, step after step and in each the environments side by side.
struct Rollout {
  std::vector<float> seen, rewards, values, log_chances, advantages, returns;
  std::vector<float> ends;  // 1 where the next step belongs to another episode
  std::vector<int> actions;
};

class Ppo : public Learner {
 public:
  Ppo(const envs::Environment& environment, const PpoOptions& options, uint64_t seed)
      : options_(options),
        observations_(static_cast<int64_t>(environment.spec().observations.size())),
        actions_(static_cast<int64_t>(environment.spec().actions.size())),
        rng_(seed, 1),
        batch_(environment, options.environments, seed),
        net_(observations_, actions_, options.hidden, rng_),
        optimizer_(nn::make_adam(net_.parameters(), {.epsilon = 1e-5f})) {}

  void learn(double share) override {
    Rollout rollout = act();
    estimate_advantages(rollout);
    const auto left = static_cast<float>(1 - std::clamp(share, 0.0, 1.0));
    const auto count = static_cast<int64_t>(rollout.actions.size());
    std::vector<int64_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    for (int64_t pass = 0; pass < options_.passes; ++pass) {
      for (int64_t i = count - 1; i > 0; --i)
        std::swap(order[i], order[rng_.below(static_cast<uint32_t>(i + 1))]);
      for (int64_t begin = 0; begin < count; begin += options_.batch_size) {
        const auto end = std::min(count, begin + options_.batch_size);
        learn_from(rollout, {order.begin() + begin, order.begin() + end}, left);
      }
    }
  }

  int64_t steps() const override { return steps_; }
  nn::Layer& policy() override { return net_.policy; }
  std::vector<double> take_returns() override { return batch_.take_returns(); }

  void add_to(nn::Checkpoint& checkpoint) override {
    checkpoint.add("net", net_).add("optimizer", *optimizer_).add("environments", batch_);
    checkpoint.add("chance", batch_.chance()).add("choices", rng_).add("steps", steps_);
  }

 private:
  Rollout act();
  void estimate_advantages(Rollout& rollout) const;
  void learn_from(const Rollout& rollout, const std::vector<int64_t>& rows, float left);
  std::vector<float> values_of(const Tensor& seen) {
    return net_.value.forward(Var(seen)).value().to_vector();
  }

  const PpoOptions options_;
  const int64_t observations_, actions_;
  Rng rng_;
  EnvironmentBatch batch_;
  ActorCritic net_;
  std::unique_ptr<nn::Optimizer> optimizer_;
  int64_t steps_ = 0;
};

Rollout Ppo::act() {
  const nn::NoGrad no_grad;
  Rollout rollout;
  const auto append = [](std::vector<float>& to, std::span<const float> more) {
    to.insert(to.end(), more.begin(), more.end());
  };
  for (int64_t step = 0; step < options_.horizon; ++step) {
    const Tensor seen = batch_.observations();
    const Tensor log_chances = log_softmax(net_.policy.forward(Var(seen))).value();
    std::vector<int> chosen;
    for (int64_t row = 0; row < batch_.size(); ++row) {
      std::vector<float> chances(actions_);
      for (int64_t a = 0; a < actions_; ++a)
        chances[a] = std::exp(log_chances.data()[row * actions_ + a]);
      chosen.push_back(rng_.pick(chances));
      rollout.log_chances.push_back(log_chances.data()[row * actions_ + chosen.back()]);
    }
    append(rollout.seen, seen.values());
    append(rollout.values, values_of(seen));
    EnvironmentBatch::Step result = batch_.step(chosen);
    // An episode that was cut would have gone on: what was to come stands in its last reward.
    if (std::find(result.cut.begin(), result.cut.end(), true) != result.cut.end()) {
      const std::vector<float> beyond = values_of(result.seen);
      for (int64_t row = 0; row < batch_.size(); ++row)
        if (result.cut[row]) result.rewards[row] += options_.discount * beyond[row];
    }
    append(rollout.rewards, result.rewards);
    for (int64_t row = 0; row < batch_.size(); ++row) {
      rollout.actions.push_back(chosen[row]);
      rollout.ends.push_back(result.ended[row] || result.cut[row] ? 1.0f : 0.0f);
    }
  }
  append(rollout.values, values_of(batch_.observations()));
  steps_ += options_.horizon * batch_.size();
  return rollout;
}

// Schulman et al. 2016, equation 16: delta_t = r_t + gamma V(t+1) - V(t), summed with powers of
// gamma lambda up to the episode's end.
void Ppo::estimate_advantages(Rollout& rollout) const {
  const auto count = static_cast<int64_t>(rollout.actions.size());
  rollout.advantages.resize(count);
  rollout.returns.resize(count);
  for (int64_t i = count - 1; i >= 0; --i) {
    const int64_t next = i + batch_.size();
    const float goes_on = 1.0f - rollout.ends[i];
    const float delta =
        rollout.rewards[i] + options_.discount * goes_on * rollout.values[next] - rollout.values[i];
    const float later = next < count ? rollout.advantages[next] : 0.0f;
    rollout.advantages[i] = delta + options_.discount * options_.trace * goes_on * later;
    rollout.returns[i] = rollout.advantages[i] + rollout.values[i];
  }
}

void Ppo::learn_from(const Rollout& rollout, const std::vector<int64_t>& rows, float left) {
  const auto count = static_cast<int64_t>(rows.size());
  Tensor seen({count, observations_}), chosen({count, actions_}), old_log({count});
  Tensor advantage({count}), target({count, 1});
  for (int64_t i = 0; i < count; ++i) {
    const int64_t from = rows[i];
    std::copy_n(rollout.seen.data() + from * observations_, observations_,
                seen.data() + i * observations_);
    chosen.data()[i * actions_ + rollout.actions[from]] = 1.0f;
    old_log.data()[i] = rollout.log_chances[from];
    advantage.data()[i] = rollout.advantages[from];
    target.data()[i] = rollout.returns[from];
  }
  double sum = 0, squares = 0;
  for (const float a : advantage.values()) {
    sum += a;
    squares += static_cast<double>(a) * a;
  }
  const double average = sum / static_cast<double>(count);
  const double deviation =
      std::sqrt(std::max(0.0, squares / static_cast<double>(count) - average * average));
  for (float& a : advantage.values()) a = static_cast<float>((a - average) / (deviation + 1e-8));

  optimizer_->zero_grad();
  const Var log_chances = log_softmax(net_.policy.forward(Var(seen)));
  const Var log_chance = nn::sum(multiply(log_chances, Var(chosen)), 1);
  const Var ratio = nn::exp(subtract(log_chance, Var(old_log)));
  const float clip = options_.clip * left;
  const auto number = [](float x) { return Var(Tensor(nn::Shape{}, std::vector{x})); };
  const Var held = nn::minimum(nn::maximum(ratio, number(1 - clip)), number(1 + clip));
  const Var gain =
      nn::mean(nn::minimum(multiply(ratio, Var(advantage)), multiply(held, Var(advantage))));
  const Var wrong_value = mse_loss(net_.value.forward(Var(seen)), target);
  Var loss = subtract(scale(wrong_value, options_.value_weight), gain);
  if (options_.entropy_weight > 0) {
    const Var entropy =
        scale(nn::mean(nn::sum(multiply(nn::exp(log_chances), log_chances), 1)), -1);
    loss = subtract(loss, scale(entropy, options_.entropy_weight));
  }
  backward(loss);
  optimizer_->clip_gradient(options_.clip_gradient);
  optimizer_->step(options_.rate * left);
}

}  // namespace

std::unique_ptr<Learner> make_ppo(const envs::Environment& environment, const PpoOptions& options,
                                  uint64_t seed) {
  return std::make_unique<Ppo>(environment, options, seed);
}

}  // namespace tengen::agents
