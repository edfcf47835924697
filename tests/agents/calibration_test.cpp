// Positions for calibration: real ones, always the same, and one plan a board.
#include "agents/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "agents/net_evaluator.h"
#include "envs/go/state.h"
#include "nn/base/check.h"
#include "search/stand_ins.h"
#include "tests/agents/small_net.h"

namespace tengen::agents {
namespace {

constexpr const char* kGame = "go:size=7";

std::vector<uint64_t> keys(const std::vector<std::unique_ptr<envs::State>>& states) {
  std::vector<uint64_t> keys;
  for (const auto& state : states) keys.push_back(state->key());
  return keys;
}

std::vector<uint64_t> sampled_keys(const PositionSampling& sampling) {
  search::HashEvaluator evaluator;
  return keys(sample_positions(evaluator, *envs::new_game(kGame), sampling));
}

TEST(PolicyGames, ASeedGivesTheSamePositionsAndAnotherSeedOthers) {
  const auto first = sampled_keys({.positions = 60, .seed = 5});
  EXPECT_EQ(first.size(), 60u);
  EXPECT_EQ(sampled_keys({.positions = 60, .seed = 5}), first);
  const auto other = sampled_keys({.positions = 60, .seed = 6});
  const std::set<uint64_t> seen(first.begin(), first.end());
  EXPECT_LT(std::count_if(other.begin(), other.end(), [&](uint64_t k) { return seen.count(k); }),
            6);
}

TEST(PolicyGames, PositionsAreOfAllPhasesAndNoneIsOver) {
  search::HashEvaluator evaluator;
  const auto states = sample_positions(evaluator, *envs::new_game(kGame), {.positions = 100});
  int early = 0, late = 0;
  for (const auto& state : states) {
    EXPECT_FALSE(state->outcome().has_value());
    const auto moves = dynamic_cast<const envs::go::GoState&>(*state).moves().size();
    early += moves < 15;
    late += moves > 30;
  }
  EXPECT_GT(early, 5);
  EXPECT_GT(late, 5);
}

TEST(PolicyGames, EveryGameAndSizeHasPositions) {
  search::HashEvaluator evaluator;
  for (const char* game : {"tictactoe", "go:size=2", "go:size=13"}) {
    const auto states = sample_positions(evaluator, *envs::new_game(game), {.positions = 40});
    EXPECT_EQ(states.size(), 40u) << game;
  }
}

// A policy that always wants the first legal point: nothing else can be drawn from it.
class FirstPoint : public search::Evaluator {
 public:
  void submit(search::EvalBatch& batch, int rows) override {
    for (int i = 0; i < rows; ++i) {
      std::vector<float>& logits = batch.row(i).logits;
      for (size_t action = 0; action < logits.size(); ++action)
        logits[action] = -100.0f * static_cast<float>(action);
    }
  }
  void wait(search::EvalBatch&) override {}
  int preferred_rows() const override { return 1; }
};

TEST(PolicyGames, MovesAreDrawnFromThePolicy) {
  FirstPoint evaluator;
  const auto start = envs::new_game("tictactoe");
  const auto openings = sample_openings(evaluator, *start, 1, 3, 1);
  const auto expected = start->clone();
  for (const envs::Action action : {0, 1, 2}) expected->play(action);
  EXPECT_EQ(openings[0]->key(), expected->key());
}

TEST(PolicyGames, OpeningsDiffer) {
  search::HashEvaluator evaluator;
  const auto openings = sample_openings(evaluator, *envs::new_game(kGame), 50, 4, 1);
  const auto all = keys(openings);
  EXPECT_EQ(std::set<uint64_t>(all.begin(), all.end()).size(), 50u);
  EXPECT_EQ(keys(sample_openings(evaluator, *envs::new_game(kGame), 50, 4, 1)), all);
  for (const auto& opening : openings)
    EXPECT_EQ(dynamic_cast<const envs::go::GoState&>(*opening).moves().size(), 4u);
  // Tic-tac-toe has nine of one move; the rest repeats rather than never to end.
  EXPECT_EQ(sample_openings(evaluator, *envs::new_game("tictactoe"), 12, 1, 1).size(), 12u);
}

TEST(Calibration, RowsArePlanesOfPositions) {
  const auto start = envs::new_game(kGame);
  const auto net = opinionated_net(start->spec(), 2);
  const Calibration calibration = calibrate(*net, start->spec());
  ASSERT_EQ(calibration.size(), 128u);
  EXPECT_EQ(calibrate(*net, start->spec()), calibration);
  const auto planes = static_cast<size_t>(start->spec().planes);
  int stones = 0;
  for (const std::vector<float>& row : calibration) {
    ASSERT_EQ(row.size(), 49 * planes);
    for (size_t point = 0; point < 49; ++point) {
      // A point holds a stone of one side, of the other, or none (envs/go/features.cpp).
      const float own = row[point * planes], other = row[point * planes + 1];
      ASSERT_TRUE(own == 0.0f || own == 1.0f);
      ASSERT_TRUE(other == 0.0f || other == 1.0f);
      ASSERT_LE(own + other, 1.0f);
      stones += own + other > 0.0f;
    }
  }
  EXPECT_GT(stones, 128 * 5);
}

TEST(Calibration, AReducedEvaluatorJudgesNearlyAlikeAlsoAfterNewWeights) {
  const auto state = random_position(kGame, 12, 1);
  const auto before = opinionated_net(state->spec(), 2), after = opinionated_net(state->spec(), 3);
  for (const auto precision : {nn::PlanPrecision::kInt16, nn::PlanPrecision::kBfloat16}) {
    NetEvaluator reduced(*before, state->spec(), Symmetry::kNone, precision);
    NetEvaluator exact(*before, state->spec(), Symmetry::kNone);
    EXPECT_EQ(exact.precision(), nn::PlanPrecision::kFloat32);
    for (const bool replaced : {false, true}) {
      if (replaced) {
        reduced.replace(*after);
        exact.replace(*after);
      }
      search::EvalBatch a(*state, 1), b(*state, 1);
      exact.submit(a, 1);
      reduced.submit(b, 1);
      EXPECT_NEAR(a.row(0).value, b.row(0).value, 0.05f);
      EXPECT_NEAR(a.row(0).score, b.row(0).score, 1.0f);
    }
  }
}

TEST(NetPlans, EachBoardIsCompiledOnce) {
  const auto seven = envs::new_game("go:size=7"), nine = envs::new_game("go:size=9");
  std::vector<int> asked;
  NetPlans plans(opinionated_net(seven->spec(), 2), [&](const envs::GameSpec& spec) {
    asked.push_back(spec.height);
    return spec.height == 7 ? nn::PlanPrecision::kInt16 : nn::PlanPrecision::kFloat32;
  });
  const auto first = plans.plan(seven->spec());
  EXPECT_EQ(plans.plan(nine->spec())->input_shapes()[0][1], 9);
  EXPECT_EQ(plans.plan(seven->spec()), first);
  EXPECT_EQ(plans.plan(envs::new_game("go:size=7,komi=0.5")->spec()), first);
  EXPECT_EQ(asked, (std::vector<int>{7, 9}));
  EXPECT_THROW(plans.plan(envs::new_game("tictactoe")->spec()), Error);
}

}  // namespace
}  // namespace tengen::agents
