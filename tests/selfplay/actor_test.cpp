// The actor plays whole, legal games; what it records is what the search did.
#include "selfplay/actor.h"

#include <gtest/gtest.h>

#include <map>

#include "search/stand_ins.h"

namespace tengen::selfplay {
namespace {

std::vector<GameRecord> play_games(const ActorOptions& options, int count) {
  search::UniformEvaluator evaluator;
  Actor actor(options, {}, 1, 0);
  std::vector<GameRecord> games;
  actor.play(
      evaluator, 4, [&](GameRecord&& record) { games.push_back(std::move(record)); },
      [&] { return static_cast<int>(games.size()) >= count; });
  return games;
}

TEST(Actor, GamesAreLegalAndComplete) {
  for (const char* game : {"tictactoe", "go:size=5"}) {
    ActorOptions options;
    options.game = game;
    if (std::string(game) != "tictactoe") options.komis = "0.5,3,7";
    options.games = 8;
    options.full_visits = 20;
    options.fast_visits = 5;
    for (const GameRecord& record : play_games(options, 30)) {
      const auto end = replay_game(record, "game");  // throws when a move is illegal
      ASSERT_TRUE(end->outcome().has_value());
      EXPECT_EQ(end->outcome()->value, record.outcome.value);
      EXPECT_EQ(end->outcome()->score, record.outcome.score);
      EXPECT_EQ(record.moves.size(), record.searches.size());
      EXPECT_EQ(from_line(to_line(record), "line").moves, record.moves);
    }
  }
}

TEST(Actor, FullAndFastSearchesAreMixed) {
  ActorOptions options;
  options.games = 16;
  options.full_visits = 40;
  options.fast_visits = 8;
  options.full_share = 0.3f;
  options.opening_moves = 0.5f;
  int full = 0, fast = 0, raw = 0;
  for (const GameRecord& record : play_games(options, 300)) {
    for (const MoveSearch& search : record.searches) {
      ++(search.full() ? full : search.searched ? fast : raw);
      int visits = 0;
      for (const ActionVisits& move : search.visits) visits += move.visits;
      EXPECT_TRUE(!search.full() || visits >= 20) << visits;
    }
  }
  EXPECT_NEAR(full / static_cast<double>(full + fast), 0.3, 0.05);
  EXPECT_GT(raw, 10);
}

TEST(Actor, BootstrapGamesLeaveNoPolicyTargets) {
  ActorOptions options;
  options.games = 4;
  options.bootstrap_games = 12;
  options.full_share = 1.0f;
  for (const GameRecord& record : play_games(options, 30)) {
    bool full = false;
    for (const MoveSearch& search : record.searches) full |= search.full();
    EXPECT_TRUE(record.number >= 12 || !full) << record.number;
  }
}

TEST(Actor, TheSameSeedPlaysTheSameGamesWhateverTheirCompany) {
  ActorOptions options;
  options.noise_fraction = 0.0f;  // noise belongs to the tree, not to the game
  std::map<uint64_t, std::vector<envs::Action>> alone, together;
  options.games = 1;
  for (auto& record : play_games(options, 20)) alone[record.number] = record.moves;
  options.games = 4;
  for (auto& record : play_games(options, 20)) together[record.number] = record.moves;
  int compared = 0;
  for (const auto& [number, moves] : together) {
    if (!alone.contains(number)) continue;
    EXPECT_EQ(alone[number], moves) << "game " << number;
    ++compared;
  }
  EXPECT_GE(compared, 10);
}

TEST(Actor, GamesUnderWayWaitForTheNextCall) {
  search::UniformEvaluator evaluator;
  ActorOptions options;
  options.games = 4;
  Actor actor(options, {}, 1, 100);
  std::vector<GameRecord> games;
  const auto sink = [&](GameRecord&& record) { games.push_back(std::move(record)); };
  for (int i = 0; i < 200 && games.size() < 6; ++i) {
    const int64_t before = actor.counts().moves;
    actor.play(evaluator, 1, sink, [&] { return actor.counts().moves >= before + 2; });
  }
  ASSERT_GE(games.size(), 6u);
  for (const GameRecord& record : games) {
    EXPECT_GE(record.number, 100u);
    EXPECT_TRUE(replay_game(record, "game")->outcome().has_value());
  }
}

}  // namespace
}  // namespace tengen::selfplay
