// Records survive the way to disk and back, and foreign bytes are refused with their place.
#include "selfplay/record.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/io/atomic_file.h"
#include "selfplay/record_sgf.h"
#include "tests/selfplay/example_games.h"

namespace tengen::selfplay {
namespace {

void expect_equal(const GameRecord& a, const GameRecord& b) {
  EXPECT_EQ(a.game, b.game);
  EXPECT_EQ(a.number, b.number);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.network, b.network);
  EXPECT_EQ(a.moves, b.moves);
  EXPECT_EQ(a.searches, b.searches);
  EXPECT_EQ(a.outcome.value, b.outcome.value);
  EXPECT_EQ(a.outcome.score, b.outcome.score);
  EXPECT_EQ(a.reason, b.reason);
}

TEST(Record, LineRoundTrip) {
  const GameRecord record = tictactoe_win();
  expect_equal(from_line(to_line(record), "test"), record);
}

TEST(Record, ShardRoundTrip) {
  const Folder folder;
  std::vector<GameRecord> records(20, tictactoe_win());
  for (size_t i = 0; i < records.size(); ++i) records[i].number = i;
  write_shard(folder.path("games.gz"), records);
  const auto back = read_shard(folder.path("games.gz"));
  ASSERT_EQ(back.size(), records.size());
  for (size_t i = 0; i < back.size(); ++i) expect_equal(back[i], records[i]);
}

// Every cut and every changed byte is read or refused with an Error: nothing else may happen.
TEST(Record, BrokenLinesAreErrorsThatNameThePlace) {
  const std::string line = to_line(tictactoe_win());
  Rng rng(1);
  int refused = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string broken = line;
    const size_t at = rng.below(static_cast<uint32_t>(line.size()));
    if (i % 2 == 0)
      broken.resize(at);
    else
      broken[at] = static_cast<char>(rng.below(256));
    try {
      const GameRecord record = from_line(broken, "here");
      EXPECT_EQ(record.moves.size(), record.searches.size());
      replay_game(record, "here");
    } catch (const Error& error) {
      ++refused;
      EXPECT_TRUE(std::string(error.what()).starts_with("here: ")) << error.what();
    }
  }
  EXPECT_GT(refused, 3000);
}

TEST(Record, BrokenShardsAreErrorsThatNameTheFile) {
  const Folder folder;
  const std::string path = folder.path("games.gz");
  write_shard(path, std::vector<GameRecord>(50, tictactoe_win()));
  const std::string whole = nn::read_file(path);
  Rng rng(2);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::string broken = whole;
    const size_t at = rng.below(static_cast<uint32_t>(whole.size()));
    if (i % 2 == 0)
      broken.resize(at);
    else
      broken[at] = static_cast<char>(broken[at] ^ (1 + rng.below(255)));
    std::ofstream(path, std::ios::binary) << broken;
    try {
      read_shard(path);
    } catch (const Error& error) {
      ++refused;
      EXPECT_TRUE(std::string(error.what()).starts_with(path)) << error.what();
    }
  }
  EXPECT_GT(refused, 250);
}

TEST(Record, IllegalMovesAreErrors) {
  GameRecord record = tictactoe_win();
  record.moves[1] = record.moves[0];
  EXPECT_THROW(replay_game(record, "test"), Error);
  record = tictactoe_win();
  record.moves.push_back(8);
  record.searches.emplace_back();
  EXPECT_THROW(replay_game(record, "test"), Error);  // after the end
  record = tictactoe_win();
  record.game = "nosuchgame";
  EXPECT_THROW(replay_game(record, "test"), Error);
}

TEST(Record, GoGamesGoToSgfAndBack) {
  GameRecord record;
  record.game = "go:komi=0.5,size=5";
  record.moves = {12, 7, 25, 25};
  record.searches.resize(4);
  record.searches[1] = {true, -0.25f, {{7, 9}, {11, 3}}};
  record.outcome = {-1.0f, -0.5f};
  const std::string text = to_sgf(record);
  EXPECT_NE(text.find("RE[W+0.5]"), std::string::npos) << text;
  const GameRecord back = from_sgf(text, "test");
  EXPECT_EQ(replay_game(back, "test")->spec().name, replay_game(record, "test")->spec().name);
  EXPECT_EQ(back.moves, record.moves);
  EXPECT_EQ(back.outcome.value, record.outcome.value);
  EXPECT_EQ(back.outcome.score, record.outcome.score);
  EXPECT_THROW(to_sgf(tictactoe_win()), Error);
  EXPECT_THROW(from_sgf("(;SZ[9]AB[aa];B[bb])", "test"), Error);
}

}  // namespace
}  // namespace tengen::selfplay
