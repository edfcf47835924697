#include "agents/dead_stones.h"

#include "agents/net_evaluator.h"
#include "agents/policy_value_net.h"
#include "envs/go/score.h"

namespace tengen::agents {

using envs::go::Color;
using envs::go::GoState;

namespace {

constexpr int kPlayouts = 400;  // some milliseconds

// Whoever moves first owns a little more, so both are asked.
std::vector<float> network_ownership(const GoState& state) {
  const auto net = shipped_net();
  const OwnershipEvaluator evaluator(*net, state.spec());
  std::vector<float> mean = evaluator.evaluate(without_history(state, Color::kBlack));
  const std::vector<float> other = evaluator.evaluate(without_history(state, Color::kWhite));
  for (size_t i = 0; i < mean.size(); ++i) mean[i] = 0.5f * (mean[i] + other[i]);
  return mean;
}

}  // namespace

std::vector<envs::Action> judge_dead(const GoState& state) {
  Rng rng(state.key());
  std::vector<float> ownership = envs::go::playout_ownership(state, kPlayouts, rng);
  const std::vector<float> network = network_ownership(state);
  for (size_t i = 0; i < ownership.size(); ++i) ownership[i] = 0.5f * (ownership[i] + network[i]);
  return envs::go::dead_stones(state, std::move(ownership));
}

}  // namespace tengen::agents
