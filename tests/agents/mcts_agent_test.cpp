// MctsAgent: finds what a search must find, keeps its tree, resigns with patience, is repeatable.
#include "agents/mcts_agent.h"

#include <gtest/gtest.h>

#include "nn/base/check.h"
#include "search/stand_ins.h"
#include "tests/agents/small_net.h"

namespace tengen::agents {
namespace {

// Every position is this good for this player.
class Biased : public search::Evaluator {
 public:
  explicit Biased(float value_for_first) : value_for_first_(value_for_first) {}
  void submit(search::EvalBatch& batch, int rows) override {
    for (int i = 0; i < rows; ++i) {
      search::EvalRow& row = batch.row(i);
      row.logits.assign(static_cast<size_t>(row.state->spec().actions), 0.0f);
      const bool first = row.state->to_play() == envs::Player::kFirst;
      row.value = first ? value_for_first_ : -value_for_first_;
      row.score = 0.0f;
    }
  }
  void wait(search::EvalBatch&) override {}
  int preferred_rows() const override { return 1; }

 private:
  float value_for_first_;
};

template <class Made, class... Arguments>
std::unique_ptr<MctsAgent> agent_over(const MctsOptions& options, Arguments... arguments) {
  return std::make_unique<MctsAgent>(
      "tested", [=](const envs::State&) { return std::make_unique<Made>(arguments...); }, options);
}

MctsOptions visits(int count) {
  MctsOptions options;
  options.limits = {.visits = count};
  options.rows_per_wave = 1;
  return options;
}

envs::Action action(const envs::State& state, const std::string& text) {
  return state.parse_action(text).value();
}

TEST(MctsAgent, TakesTheWinAndStopsTheLoss) {
  const auto agent = agent_over<search::UniformEvaluator>(visits(600));
  auto state = envs::new_game("tictactoe");
  agent->start(*state);
  // X on 0 and 1, O on 3 and 4: whoever moves wins, X on 2.
  for (envs::Action move : {0, 3, 1, 4}) {
    state->play(move);
    agent->played(move);
  }
  EXPECT_EQ(agent->choose({}).action, 2);
  // X on 0 and 1: O must stop it on 2.
  state = envs::new_game("tictactoe");
  agent->start(*state);
  for (envs::Action move : {0, 4, 1}) agent->played(move);
  EXPECT_EQ(agent->choose({}).action, 2);
}

TEST(MctsAgent, KeepsTheTreeOfTheMovesPlayed) {
  const auto agent = agent_over<search::HashEvaluator>(visits(400));
  const auto state = envs::new_game("go:size=5");
  agent->start(*state);
  const Choice first = agent->choose({});
  agent->played(first.action);
  // The reply most expected has visits of its own, found again without any new search.
  ASSERT_GE(first.report.principal_variation.size(), 2u);
  agent->played(first.report.principal_variation[1]);
  const Choice second = agent->choose({.visits = 1});
  EXPECT_GT(second.report.visits, 1);
}

TEST(MctsAgent, LimitsOfACallTightenItsOwn) {
  const auto agent = agent_over<search::HashEvaluator>(visits(100));
  agent->start(*envs::new_game("go:size=5"));
  EXPECT_LE(agent->choose({.visits = 20}).report.visits, 20);
  EXPECT_LE(agent->choose({.visits = 100000}).report.visits, 100);
}

// A number of visits that nobody asked for must not keep a clock's time from being used.
TEST(MctsAgent, DefaultVisitsCountOnlyWhereNothingElseLimits) {
  MctsOptions options = visits(0);
  options.default_visits = 30;
  const auto agent = agent_over<search::HashEvaluator>(options);
  agent->start(*envs::new_game("go:size=5"));
  EXPECT_LE(agent->choose({}).report.visits, 30);
  EXPECT_GT(agent->choose({.visits = 300}).report.visits, 30);
  options.limits.visits = 20;
  const auto limited = agent_over<search::HashEvaluator>(options);
  limited->start(*envs::new_game("go:size=5"));
  EXPECT_LE(limited->choose({}).report.visits, 20);
}

TEST(MctsAgent, IsRepeatable) {
  std::vector<std::vector<envs::Action>> games;
  for (int repeat = 0; repeat < 2; ++repeat) {
    MctsOptions options = visits(50);
    options.temperature = 1.0f;
    options.temperature_moves = 100;
    options.search.noise_fraction = 0.25f;
    const auto agent = agent_over<search::HashEvaluator>(options);
    for (int game = 0; game < 2; ++game) {
      agent->start(*envs::new_game("go:size=5"));
      games.emplace_back();
      for (int i = 0; i < 12; ++i) {
        games.back().push_back(agent->choose({}).action);
        agent->played(games.back().back());
      }
    }
  }
  EXPECT_EQ(games[0], games[2]);
  EXPECT_EQ(games[1], games[3]);
  EXPECT_NE(games[0], games[1]);  // the second game of an agent is another one
}

// Plays both sides' moves and tells at which move number of the game Black resigned, or -1.
int black_resigns_at(MctsAgent& agent, int moves) {
  const auto state = envs::new_game("go:size=5");
  agent.start(*state);
  Rng rng(1);
  for (int i = 0; i < moves; ++i) {
    if (i % 2 == 0 && agent.choose({}).resign) return i;
    const envs::Action move = state->playout_move(rng);
    state->play(move);
    if (state->outcome()) break;
    agent.played(move);
  }
  return -1;
}

TEST(MctsAgent, ResignsAfterThreeLostMovesPastTheOpening) {
  // Moves 0, 2, 4 are lost too, but 25 / 4 = 6 is the end of the opening.
  EXPECT_EQ(black_resigns_at(*agent_over<Biased>(visits(8), -0.99f), 16), 6);
  EXPECT_EQ(black_resigns_at(*agent_over<Biased>(visits(8), -0.9f), 16), -1);
  EXPECT_EQ(black_resigns_at(*agent_over<Biased>(visits(8), 0.99f), 16), -1);
  MctsOptions never = visits(8);
  never.resign_moves = 0;
  EXPECT_EQ(black_resigns_at(*agent_over<Biased>(never, -0.99f), 16), -1);
}

TEST(MctsAgent, MakesItsEvaluatorOnceForABoard) {
  int made = 0;
  MctsAgent agent(
      "tested",
      [&](const envs::State&) {
        ++made;
        return std::make_unique<search::UniformEvaluator>();
      },
      visits(2));
  agent.start(*envs::new_game("go:size=5"));
  agent.start(*envs::new_game("go:size=5"));
  EXPECT_EQ(made, 1);
  agent.start(*envs::new_game("go:size=7"));
  EXPECT_EQ(made, 2);
  agent.choose({});
}

TEST(MctsAgent, ChoosingWithoutAGameOrAfterItsEndIsAWrongProgram) {
  const auto agent = agent_over<search::UniformEvaluator>(visits(10));
  EXPECT_THROW(agent->choose({}), CheckFailure);
  const auto state = envs::new_game("go:size=5");
  agent->start(*state);
  agent->played(action(*state, "pass"));
  agent->played(action(*state, "pass"));
  EXPECT_THROW(agent->choose({}), CheckFailure);
}

}  // namespace
}  // namespace tengen::agents
