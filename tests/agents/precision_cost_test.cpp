// What reduced precision costs, against numbers worked out by hand.
#include "agents/precision_cost.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "agents/net_evaluator.h"
#include "tests/agents/small_net.h"

namespace tengen::agents {
namespace {

TEST(PrecisionCost, DivergenceOfTwoPolicies) {
  const std::vector<envs::Action> legal = {0, 2};
  // The illegal action in the middle does not count, however likely it seems.
  const std::vector<float> p = {0.0f, 50.0f, std::log(3.0f)};  // 1/4, 3/4
  const std::vector<float> q = {7.0f, -9.0f, 7.0f};            // 1/2, 1/2
  EXPECT_NEAR(policy_divergence(p, q, legal), 0.25 * std::log(0.5) + 0.75 * std::log(1.5), 1e-7);
  EXPECT_NEAR(policy_divergence(q, p, legal), 0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3), 1e-7);
  EXPECT_EQ(policy_divergence(p, p, legal), 0.0);
}

TEST(PrecisionCost, HugeLogitsStayFinite) {
  const std::vector<envs::Action> legal = {0, 1};
  const std::vector<float> p = {1000.0f, 0.0f}, q = {0.0f, 1000.0f};
  EXPECT_NEAR(policy_divergence(p, q, legal), 1000.0, 1e-6);
}

// Judges by the number of legal moves left on a board of tic-tac-toe.
class ByMovesLeft : public search::Evaluator {
 public:
  using Judge = std::function<void(size_t moves_left, search::EvalRow& row)>;
  explicit ByMovesLeft(Judge judge) : judge_(std::move(judge)) {}
  void submit(search::EvalBatch& batch, int rows) override {
    for (int i = 0; i < rows; ++i) {
      std::vector<envs::Action> legal;
      batch.row(i).state->legal(legal);
      judge_(legal.size(), batch.row(i));
    }
  }
  void wait(search::EvalBatch&) override {}
  int preferred_rows() const override { return 1; }

 private:
  Judge judge_;
};

TEST(PrecisionCost, MeansWorstsAndAgreement) {
  std::vector<std::unique_ptr<envs::State>> positions;
  positions.push_back(envs::new_game("tictactoe"));
  positions.push_back(positions[0]->clone());
  positions[1]->play(0);
  ByMovesLeft exact([](size_t, search::EvalRow& row) {
    row.logits.assign(9, 0.0f);
    row.logits[4] = std::log(2.0f);
    row.value = 0.5f;
    row.score = 3.0f;
  });
  // At the start it agrees; after a move it prefers the first legal one.
  ByMovesLeft reduced([](size_t moves_left, search::EvalRow& row) {
    row.logits.assign(9, 0.0f);
    row.logits[moves_left == 9 ? 4 : 1] = std::log(2.0f);
    row.value = moves_left == 9 ? 0.5f : 0.25f;
    row.score = moves_left == 9 ? 4.0f : 3.0f;
  });
  const PrecisionCost cost = precision_cost(exact, reduced, positions);
  EXPECT_EQ(cost.positions, 2);
  // Eight legal moves, 2/9 and seven times 1/9: two of them change places.
  const double kl = (2.0 - 1.0) / 9.0 * std::log(2.0);
  EXPECT_NEAR(cost.policy_kl.worst, kl, 1e-7);
  EXPECT_NEAR(cost.policy_kl.mean, kl / 2, 1e-7);
  EXPECT_DOUBLE_EQ(cost.value.worst, 0.25);
  EXPECT_DOUBLE_EQ(cost.value.mean, 0.125);
  EXPECT_DOUBLE_EQ(cost.score.worst, 1.0);
  EXPECT_DOUBLE_EQ(cost.score.mean, 0.5);
  EXPECT_DOUBLE_EQ(cost.same_best, 0.5);
}

// Noise on the weights is seen in every figure, and more noise is more.
TEST(PrecisionCost, APerturbedNetworkCosts) {
  const char* game = "go:size=7";
  std::vector<std::unique_ptr<envs::State>> positions;
  for (int i = 0; i < 20; ++i) positions.push_back(random_position(game, 2 * i, 1));
  const envs::GameSpec& spec = positions[0]->spec();
  NetEvaluator exact(*opinionated_net(spec, 2), spec, Symmetry::kNone);
  std::vector<PrecisionCost> costs;
  for (const float noise : {0.0f, 1e-3f, 1e-2f}) {
    const auto net = opinionated_net(spec, 2);
    Rng rng(7);
    for (nn::NamedVar& parameter : net->parameters())
      for (float& x : parameter.var.value().values()) x += noise * static_cast<float>(rng.normal());
    NetEvaluator perturbed(*net, spec, Symmetry::kNone);
    costs.push_back(precision_cost(exact, perturbed, positions));
  }
  EXPECT_EQ(costs[0].policy_kl.worst, 0.0);
  EXPECT_EQ(costs[0].value.worst, 0.0);
  EXPECT_EQ(costs[0].same_best, 1.0);
  for (size_t i = 1; i < costs.size(); ++i) {
    EXPECT_GT(costs[i].policy_kl.mean, costs[i - 1].policy_kl.mean);
    EXPECT_GT(costs[i].value.mean, costs[i - 1].value.mean);
    EXPECT_GT(costs[i].score.mean, costs[i - 1].score.mean);
    EXPECT_GE(costs[i].policy_kl.worst, costs[i].policy_kl.mean);
  }
}

}  // namespace
}  // namespace tengen::agents
