#include "selfplay/game_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <sstream>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"

namespace tengen::selfplay {
namespace {

std::string made_folder(std::string folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error(folder + ": cannot be created: " + error.message());
  return folder;
}

}  // namespace

std::vector<GameStore::Shard> GameStore::find_shards(const std::string& folder) {
  std::vector<Shard> shards;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    Shard shard{.path = entry.path().string()};
    int end = 0;
    const std::string name = entry.path().filename().string();
    long long games = 0, positions = 0;
    unsigned long long next = 0;
    const int fields = std::sscanf(name.c_str(), "%6d-g%lld-p%lld-n%llu.jsonl.gz%n", &shard.number,
                                   &games, &positions, &next, &end);
    if (fields != 4 || end != static_cast<int>(name.size())) continue;
    shard.games = games;
    shard.positions = positions;
    shard.next_number = next;
    shards.push_back(shard);
  }
  std::sort(shards.begin(), shards.end(),
            [](const Shard& a, const Shard& b) { return a.number < b.number; });
  return shards;
}

GameStore::GameStore(std::string folder, int games_per_shard)
    : folder_(made_folder(std::move(folder))),
      games_per_shard_(games_per_shard),
      shards_(find_shards(folder_)),
      journal_(folder_ + "/journal.jsonl") {
  CHECK(games_per_shard >= 1);
  std::set<uint64_t> poured;
  for (const Shard& shard : shards_) {
    shard_games_ += shard.games;
    shard_positions_ += shard.positions;
    next_number_ = std::max(next_number_, shard.next_number);
  }
  if (!shards_.empty()) {
    for (const GameRecord& record : read_shard(shards_.back().path)) poured.insert(record.number);
  }
  std::istringstream lines(nn::read_file(journal_.path()));
  std::string line;
  for (int i = 1; std::getline(lines, line); ++i) {
    GameRecord record = from_line(line, journal_.path() + " line " + std::to_string(i));
    if (!poured.contains(record.number)) note(record);
  }
  if (journal_games_.empty()) journal_.clear();
}

void GameStore::note(const GameRecord& record) {
  next_number_ = std::max(next_number_, record.number + 1);
  journal_positions_ += static_cast<int64_t>(record.moves.size());
  journal_games_.push_back(record);
}

void GameStore::append(const GameRecord& record) {
  journal_.append(to_line(record));
  note(record);
  if (static_cast<int>(journal_games_.size()) >= games_per_shard_) pour();
}

// The order matters: the shard is whole on the disk before the journal is emptied.
void GameStore::pour() {
  Shard shard;
  shard.number = shards_.empty() ? 1 : shards_.back().number + 1;
  shard.games = static_cast<int64_t>(journal_games_.size());
  shard.positions = journal_positions_;
  shard.next_number = next_number_;
  shard.path = fmt::format("{}/{:06}-g{}-p{}-n{}.jsonl.gz", folder_, shard.number, shard.games,
                           shard.positions, shard.next_number);
  write_shard(shard.path, journal_games_);
  journal_.clear();
  shards_.push_back(shard);
  shard_games_ += shard.games;
  shard_positions_ += shard.positions;
  journal_games_.clear();
  journal_positions_ = 0;
}

void GameStore::sync() { journal_.sync(); }

std::vector<GameRecord> GameStore::newest(int64_t positions) const {
  size_t first = shards_.size();
  for (int64_t found = journal_positions_; first > 0 && found < positions;)
    found += shards_[--first].positions;
  std::vector<GameRecord> records;
  for (; first < shards_.size(); ++first) {
    for (GameRecord& record : read_shard(shards_[first].path)) records.push_back(std::move(record));
  }
  records.insert(records.end(), journal_games_.begin(), journal_games_.end());
  return records;
}

}  // namespace tengen::selfplay
