// The contract of Agent, run on every kind of player: whole games against chance on several
// boards, every move legal, the agent following both sides.
#include <gtest/gtest.h>

#include <algorithm>

#include "agents/player.h"
#include "tests/agents/small_net.h"

namespace tengen::agents {
namespace {

struct Case {
  const char* player;
  const char* game;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.player << " on " << c.game; }

class AgentContract : public testing::TestWithParam<Case> {};

TEST_P(AgentContract, PlaysLegalGamesToTheEnd) {
  const std::unique_ptr<Agent> agent = make_player(GetParam().player);
  EXPECT_FALSE(agent->name().empty());
  for (int game = 0; game < 2; ++game) {
    const auto state = envs::new_game(GetParam().game);
    Rng rng(static_cast<uint64_t>(game), 5);
    agent->start(*state);
    int moves = 0;
    for (; !state->outcome(); ++moves) {
      envs::Action action = state->playout_move(rng);
      if (moves % 2 == game) {
        const Choice choice = agent->choose({});
        if (choice.resign) break;
        std::vector<envs::Action> legal;
        state->legal(legal);
        ASSERT_TRUE(std::find(legal.begin(), legal.end(), choice.action) != legal.end())
            << choice.action << " in\n"
            << state->text();
        action = choice.action;
      }
      state->play(action);
      agent->played(action);
      ASSERT_LE(moves, state->spec().max_moves);
    }
    agent->finished();
  }
}

// A game may begin at any position, and its start is a copy: the caller's state stays as it is.
TEST_P(AgentContract, StartsFromAnyPosition) {
  const std::unique_ptr<Agent> agent = make_player(GetParam().player);
  const auto state = random_position(GetParam().game, 5, 3);
  const uint64_t key = state->key();
  agent->start(*state);
  const Choice choice = agent->choose({});
  agent->played(choice.action);
  EXPECT_EQ(state->key(), key);
  state->play(choice.action);
}

INSTANTIATE_TEST_SUITE_P(
    Players, AgentContract,
    testing::Values(Case{"random", "go:size=2"}, Case{"random", "go:size=9"},
                    Case{"random", "tictactoe"}, Case{"rollout:visits=30", "go:size=3"},
                    Case{"rollout:visits=10", "go:size=9"}, Case{"rollout:visits=50", "tictactoe"},
                    Case{"rollout:visits=20,temperature=1,noise=0.25", "go:size=5"},
                    Case{"net:visits=8", "go:size=2"}, Case{"net:visits=8", "go:size=5"},
                    Case{"visits=4,symmetry=none,cache_mib=0", "go:size=9"},
                    Case{"net:visits=2,rows=4", "go:size=13"}));

// The ladder's lowest step: a search over playouts beats chance with either colour.
TEST(AgentLadder, PlayoutsBeatChance) {
  const auto rollout = make_player("rollout:visits=100"), chance = make_player("random");
  for (int game = 0; game < 6; ++game) {
    const auto state = envs::new_game("go:size=5,komi=0");
    Agent* const sides[2] = {game % 2 == 0 ? rollout.get() : chance.get(),
                             game % 2 == 0 ? chance.get() : rollout.get()};
    for (Agent* side : sides) side->start(*state);
    while (!state->outcome()) {
      const Choice choice = sides[static_cast<int>(state->to_play())]->choose({});
      ASSERT_FALSE(choice.resign) << state->text();
      state->play(choice.action);
      for (Agent* side : sides) side->played(choice.action);
    }
    EXPECT_EQ(state->outcome()->value, game % 2 == 0 ? 1.0f : -1.0f) << state->text();
  }
}

}  // namespace
}  // namespace tengen::agents
