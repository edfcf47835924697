// The finished games of a run on disk: a journal that every game reaches at once, and compressed
// shards into which the journal is poured when it is long enough.
//
//   games/journal.jsonl                      one line a game, the newest
//   games/000003-g500-p31207-n1519.jsonl.gz  shard 3: 500 games, 31,207 positions; the numbers of
//                                            all games so far are below 1,519
//
// The counts stand in the names, so a long run is resumed without reading all of it. Games finish
// out of order, and a number is never used twice: by it a game that stands in both the journal and
// a shard is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "selfplay/durable_file.h"
#include "selfplay/record.h"

namespace tengen::selfplay {

class GameStore {
 public:
  // Opens or begins `folder`. Games that a killed process had already poured into a shard but
  // not yet removed from the journal are counted once.
  GameStore(std::string folder, int games_per_shard);

  // When it returns, the game survives the end of the process.
  void append(const GameRecord& record);
  void sync();

  int64_t games() const { return shard_games_ + static_cast<int64_t>(journal_games_.size()); }
  int64_t positions() const { return shard_positions_ + journal_positions_; }
  // Larger than the number of every finished game.
  uint64_t next_number() const { return next_number_; }
  // The newest games, oldest first, with at least so many positions if there are.
  std::vector<GameRecord> newest(int64_t positions) const;

 private:
  struct Shard {
    std::string path;
    int number = 0;
    int64_t games = 0;
    int64_t positions = 0;
    uint64_t next_number = 0;
  };
  static std::vector<Shard> find_shards(const std::string& folder);
  void note(const GameRecord& record);
  void pour();

  std::string folder_;
  int games_per_shard_;
  std::vector<Shard> shards_;  // in order of number
  int64_t shard_games_ = 0;
  int64_t shard_positions_ = 0;
  LineFile journal_;
  std::vector<GameRecord> journal_games_;
  int64_t journal_positions_ = 0;
  uint64_t next_number_ = 0;
};

}  // namespace tengen::selfplay
