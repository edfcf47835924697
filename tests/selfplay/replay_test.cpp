// Training targets are what the record says, for the player to move and under every symmetry.
#include "selfplay/replay.h"

#include <gtest/gtest.h>

#include <set>

#include "agents/policy_value_net.h"
#include "envs/games.h"
#include "tests/selfplay/example_games.h"

namespace tengen::selfplay {
namespace {

std::vector<float> row_of(const nn::Tensor& tensor, int row) {
  const int64_t length = tensor.size() / tensor.shape()[0];
  return {tensor.data() + row * length, tensor.data() + (row + 1) * length};
}

// The position before each move of the game, so that rows can be recognised.
std::vector<std::unique_ptr<envs::State>> positions_of(const GameRecord& record) {
  std::vector<std::unique_ptr<envs::State>> positions;
  auto state = envs::new_game(record.game);
  for (const auto move : record.moves) {
    positions.push_back(state->clone());
    state->play(move);
  }
  return positions;
}

std::vector<float> planes_of(const envs::State& state, int symmetry) {
  const auto& spec = state.spec();
  std::vector<float> planes(static_cast<size_t>(spec.height * spec.width * spec.planes));
  state.encode(symmetry, planes.data());
  return planes;
}

TEST(Replay, TicTacToeTargetsUnderEverySymmetry) {
  const GameRecord record = tictactoe_win();
  const auto positions = positions_of(record);
  const auto& spec = positions[0]->spec();
  ReplayOptions options;
  options.fast_share = 1.0f;
  options.root_value_share = 0.2f;
  Replay replay(options);
  replay.add(record, 5);
  const TrainingBatch batch = replay.sample(300, 1, 1);

  std::set<std::pair<int, int>> met;  // move and symmetry of the fully searched position
  for (int row = 0; row < batch.rows(); ++row) {
    const auto planes = row_of(batch.planes, row);
    int move = -1, symmetry = -1;
    for (int m = 0; m < 5 && move < 0; ++m) {
      for (int s = 0; s < static_cast<int>(spec.symmetries.size()) && move < 0; ++s)
        if (planes == planes_of(*positions[static_cast<size_t>(m)], s)) move = m, symmetry = s;
    }
    ASSERT_GE(move, 0) << "row " << row << " is no position of the game";
    const float sign = move % 2 == 0 ? 1.0f : -1.0f;  // X won
    const float searched = move == 0 ? sign : 0.8f * sign + 0.2f * (move == 2 ? 0.5f : 0.0f);
    EXPECT_NEAR(batch.value.data()[row], 0.5f * (1.0f + searched), 1e-6f) << "move " << move;
    EXPECT_EQ(batch.policy_weight.data()[row], move == 2 ? 1.0f : 0.0f);
    if (move != 2) continue;
    // Several symmetries may show the same planes; the target must fit one of them.
    std::vector<float> wanted(9, 0.0f);
    wanted[static_cast<size_t>(spec.symmetries[static_cast<size_t>(symmetry)][1])] = 0.75f;
    wanted[static_cast<size_t>(spec.symmetries[static_cast<size_t>(symmetry)][8])] = 0.25f;
    EXPECT_EQ(row_of(batch.policy, row), wanted);
    met.insert({move, symmetry});
  }
  EXPECT_EQ(met.size(), 8u) << "this position has eight different images, all are drawn";
}

// Black owns the whole 5x5 board: the outcome, in units, and every point, seen by both players.
TEST(Replay, GoScoreAndOwnership) {
  GameRecord record;
  record.game = "go:komi=0.5,size=5";
  record.moves = {12, 25, 25};  // the centre, pass, pass
  record.searches.resize(3);
  record.outcome = {1.0f, 24.5f};
  ReplayOptions options;
  options.fast_share = 1.0f;
  Replay replay(options);
  replay.add(record, 3);
  const TrainingBatch batch = replay.sample(60, 2, 1);
  int black = 0, white = 0;
  for (int row = 0; row < batch.rows(); ++row) {
    const float value = batch.value.data()[row];
    ++(value > 0.5f ? black : white);
    EXPECT_TRUE(value == 1.0f || value == 0.0f);
    EXPECT_NEAR(batch.score.data()[row], (value > 0.5f ? 24.5f : -24.5f) / agents::kScoreUnit,
                1e-5f);
    for (const float owner : row_of(batch.ownership, row)) EXPECT_EQ(owner, value);
  }
  EXPECT_GT(black, 0);
  EXPECT_GT(white, 0);
}

TEST(Replay, RowsDependOnSeedAndNumberOnly) {
  Replay replay({});
  for (int i = 0; i < 10; ++i) replay.add(tictactoe_win(), 5 * (i + 1));
  EXPECT_EQ(replay.sample(64, 1, 5).planes.to_vector(), replay.sample(64, 1, 5).planes.to_vector());
  EXPECT_NE(replay.sample(64, 1, 5).planes.to_vector(), replay.sample(64, 1, 6).planes.to_vector());
}

TEST(Replay, PositionsWithoutPolicyTargetAreRarer) {
  ReplayOptions options;
  options.fast_share = 0.25f;
  Replay replay(options);
  replay.add(tictactoe_win(), 5);  // one full position and four others: half and half
  float full = 0.0f;
  for (const float weight : replay.sample(2000, 3, 1).policy_weight.to_vector()) full += weight;
  EXPECT_NEAR(full / 2000.0f, 0.5f, 0.06f);
}

TEST(Replay, TheWindowGrowsAndForgetsTheOldest) {
  ReplayOptions options;
  options.window_start = 50;
  Replay replay(options);
  for (int i = 1; i <= 400; ++i) {
    replay.add(tictactoe_win(), 5 * i);
    EXPECT_LE(replay.positions(), replay.window_size(5 * i));
  }
  EXPECT_EQ(replay.window_size(10), 50);
  EXPECT_GT(replay.window_size(2000), 2 * replay.window_size(200));
  EXPECT_LT(replay.window_size(2000), 10 * replay.window_size(200));
  EXPECT_GT(replay.positions(), replay.window_size(2000) - 6);
}

}  // namespace
}  // namespace tengen::selfplay
