// The network: shapes on every board size, fresh networks know nothing, and the compiled plan
// says what the module says.
#include "agents/policy_value_net.h"

#include <gtest/gtest.h>

#include "nn/base/check.h"
#include "nn/infer/plan.h"
#include "nn/ops.h"
#include "tests/agents/small_net.h"

namespace tengen::agents {
namespace {

nn::Tensor encoded(const envs::State& state) {
  const envs::GameSpec& spec = state.spec();
  nn::Tensor planes(nn::Shape{1, spec.height, spec.width, spec.planes});
  state.encode(0, planes.data());
  return planes;
}

TEST(PolicyValueNet, OneNetworkFitsEveryBoardSize) {
  const auto net = opinionated_net(envs::new_game("go:size=9")->spec(), 1);
  for (int size : {2, 5, 9, 13, 19}) {
    const nn::Tensor planes(nn::Shape{3, size, size, net->config().planes});
    const PolicyValueOutput out = net->forward(nn::Var(planes));
    EXPECT_EQ(out.policy.shape(), (nn::Shape{3, size * size + 1}));
    EXPECT_EQ(out.value.shape(), (nn::Shape{3, 1}));
    EXPECT_EQ(out.score.shape(), (nn::Shape{3, 1}));
    EXPECT_EQ(out.ownership.shape(), (nn::Shape{3, size * size}));
  }
}

TEST(PolicyValueNet, GamesWithoutPassHaveNoPassLogit) {
  const envs::GameSpec spec = envs::new_game("tictactoe")->spec();
  const auto net = opinionated_net(spec, 1);
  EXPECT_FALSE(net->config().pass);
  const nn::Tensor planes(nn::Shape{2, 3, 3, spec.planes});
  EXPECT_EQ(net->forward(nn::Var(planes)).policy.shape(), (nn::Shape{2, 9}));
}

TEST(PolicyValueNet, FreshNetworksJudgeAllAlike) {
  const auto state = random_position("go:size=5", 9, 3);
  PolicyValueConfig config;
  config.blocks = 3;
  config.channels = 8;
  PolicyValueNet net(config_for(state->spec(), config), 5);
  net.train(false);
  const PolicyValueOutput out = net.forward(nn::Var(encoded(*state)));
  for (float logit : out.policy.value().to_vector()) EXPECT_EQ(logit, 0.0f);
  EXPECT_EQ(out.value.value().item(), 0.0f);
  EXPECT_EQ(out.score.value().item(), 0.0f);
}

// A fresh residual block must still let the gradient reach its weights, or nothing is learned.
TEST(PolicyValueNet, EveryWeightIsReachedAfterOneStep) {
  const auto net = opinionated_net(envs::new_game("go:size=5")->spec(), 2);
  const auto state = random_position("go:size=5", 9, 3);
  net->train(true);
  const PolicyValueOutput out = net->forward(nn::Var(encoded(*state)));
  const nn::Var loss = nn::add(nn::add(nn::sum(nn::square(out.policy)), nn::sum(out.value)),
                               nn::add(nn::sum(out.score), nn::sum(nn::square(out.ownership))));
  nn::backward(loss);
  for (const nn::NamedVar& parameter : net->parameters()) {
    ASSERT_TRUE(parameter.var.grad().defined()) << parameter.path;
    float largest = 0.0f;
    for (float g : parameter.var.grad().values()) largest = std::max(largest, std::abs(g));
    EXPECT_GT(largest, 0.0f) << parameter.path;
  }
}

TEST(PolicyValueNet, ThePlanSaysWhatTheModuleSays) {
  for (const char* game : {"go:size=5", "go:size=9", "go:size=12", "tictactoe"}) {
    const auto state = random_position(game, 4, 11);
    const envs::GameSpec& spec = state->spec();
    const auto net = opinionated_net(spec, 4);
    const nn::Tensor planes = encoded(*state);
    const PolicyValueOutput expected = net->forward(nn::Var(planes));

    const nn::Plan plan(net->graph(spec.height, spec.width, true));
    std::vector<float> policy(static_cast<size_t>(spec.actions));
    std::vector<float> ownership(static_cast<size_t>(spec.height * spec.width));
    float value = 0.0f, score = 0.0f;
    const float* inputs[] = {planes.data()};
    float* outputs[] = {policy.data(), &value, &score, ownership.data()};
    plan.run(inputs, outputs, *plan.make_workspace());

    const auto near = [](float a, float b) { return std::abs(a - b) <= 1e-3f * (1 + std::abs(b)); };
    EXPECT_PRED2(near, value, expected.value.value().item()) << game;
    EXPECT_PRED2(near, score, expected.score.value().item()) << game;
    for (size_t i = 0; i < policy.size(); ++i) {
      EXPECT_PRED2(near, policy[i], expected.policy.value().values()[i]) << game << " " << i;
    }
    for (size_t i = 0; i < ownership.size(); ++i) {
      EXPECT_PRED2(near, ownership[i], expected.ownership.value().values()[i]) << game << " " << i;
    }
  }
}

TEST(PolicyValueNet, TracingLeavesTheModuleInItsMode) {
  const auto net = opinionated_net(envs::new_game("tictactoe")->spec(), 1);
  net->train(true);
  net->graph(3, 3, false);
  EXPECT_TRUE(net->training());
  net->train(false);
  net->graph(3, 3, false);
  EXPECT_FALSE(net->training());
}

TEST(PolicyValueNet, PlanesOfAnotherGameAreRefused) {
  const auto net = opinionated_net(envs::new_game("tictactoe")->spec(), 1);
  const nn::Tensor planes(nn::Shape{1, 3, 3, net->config().planes + 1});
  EXPECT_THROW(net->forward(nn::Var(planes)), CheckFailure);
}

}  // namespace
}  // namespace tengen::agents
