// Finished games are counted once and never lost, whatever moment the process died at.
#include "selfplay/game_store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "tests/selfplay/example_games.h"

namespace tengen::selfplay {
namespace {

GameRecord game_number(uint64_t number) {
  GameRecord record = tictactoe_win();
  record.number = number;
  return record;
}

TEST(GameStore, CountsAndOrderSurviveReopening) {
  const Folder folder;
  for (uint64_t i = 0; i < 25; ++i) {
    GameStore store(folder.path("games"), 10);
    EXPECT_EQ(store.games(), static_cast<int64_t>(i));
    EXPECT_EQ(store.next_number(), i);
    store.append(game_number(i));
  }
  const GameStore store(folder.path("games"), 10);
  EXPECT_EQ(store.games(), 25);
  EXPECT_EQ(store.positions(), 125);
  const auto all = store.newest(1000000);
  ASSERT_EQ(all.size(), 25u);
  for (uint64_t i = 0; i < 25; ++i) EXPECT_EQ(all[i].number, i);
  // 26 positions: the journal's 25 and the last shard.
  EXPECT_EQ(store.newest(26).size(), 15u);
}

TEST(GameStore, ATornLastLineIsCut) {
  const Folder folder;
  { GameStore(folder.path("games"), 10).append(game_number(0)); }
  std::ofstream(folder.path("games/journal.jsonl"), std::ios::app) << "{\"format\":1,\"mov";
  GameStore store(folder.path("games"), 10);
  EXPECT_EQ(store.games(), 1);
  store.append(game_number(1));
  EXPECT_EQ(GameStore(folder.path("games"), 10).games(), 2);
}

// The process died after the shard was renamed and before the journal was emptied.
TEST(GameStore, GamesInShardAndJournalCountOnce) {
  const Folder folder;
  {
    GameStore store(folder.path("games"), 10);
    for (uint64_t i = 0; i < 9; ++i) store.append(game_number(i));
  }
  std::filesystem::copy_file(folder.path("games/journal.jsonl"), folder.path("journal"));
  { GameStore(folder.path("games"), 10).append(game_number(9)); }
  std::filesystem::rename(folder.path("journal"), folder.path("games/journal.jsonl"));
  GameStore store(folder.path("games"), 10);
  EXPECT_EQ(store.games(), 10);
  EXPECT_EQ(store.next_number(), 10u);
}

// Games finish out of order: the largest number may stand in an old shard.
TEST(GameStore, GivesNoNumberTwice) {
  const Folder folder;
  {
    GameStore store(folder.path("games"), 1);
    for (const uint64_t number : {20, 3}) store.append(game_number(number));
  }
  EXPECT_EQ(GameStore(folder.path("games"), 1).next_number(), 21u);
}

// A limit on the file's size fails a write as a full disk does, in the middle of a line.
TEST(GameStore, AFullDiskIsAnErrorAndDamagesNothing) {
  const Folder folder;
  GameStore store(folder.path("games"), 1000);
  const size_t line = to_line(game_number(0)).size() + 1;
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = line * 3 + line / 2;
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message;
  uint64_t written = 0;
  try {
    while (written < 10) {
      store.append(game_number(written));
      ++written;
    }
  } catch (const Error& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  EXPECT_EQ(written, 3u);
  EXPECT_NE(message.find("journal.jsonl"), std::string::npos) << message;
  EXPECT_EQ(store.games(), 3);
  store.append(game_number(3));  // there is room again
  EXPECT_EQ(GameStore(folder.path("games"), 1000).games(), 4);
}

TEST(FolderLock, ASecondOneIsAnError) {
  const Folder folder;
  const FolderLock lock(folder.path("."));
  EXPECT_THROW(FolderLock(folder.path(".")), Error);
}

}  // namespace
}  // namespace tengen::selfplay
