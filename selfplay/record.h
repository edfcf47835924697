// GameRecord: one finished game of self-play as moves with search statistics, never planes, so
// that features and symmetries may change without new games.
//
// On disk a game is one line of JSON (see to_line), and a shard is a gzip file of such lines:
// `zcat run/games/*.gz | head -1` shows one. Files come from anywhere and are read with suspicion.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "envs/state.h"

namespace tengen::selfplay {

struct ActionVisits {
  envs::Action action = 0;
  int visits = 0;
  bool operator==(const ActionVisits&) const = default;
};

// What the search said before a move. A full search left its visits as a policy target; a fast
// one (Wu 2019, section 3.1) only its value; a move of the opening drawn from the raw policy
// has neither.
struct MoveSearch {
  bool searched = false;
  float value = 0.0f;                // root mean for the player to move, in [-1, 1]
  std::vector<ActionVisits> visits;  // empty unless the search was full
  bool full() const { return !visits.empty(); }
  bool operator==(const MoveSearch&) const = default;
};

struct GameRecord {
  std::string game;     // new_game's description: "go:komi=7,size=9"
  uint64_t number = 0;  // of the game in its run: the stream of its randomness
  uint64_t seed = 0;
  int network = 0;  // publications before the game began
  std::vector<envs::Action> moves;
  std::vector<MoveSearch> searches;  // one for each move
  envs::Outcome outcome;
  std::string reason;  // "rules", or "move limit"
};

// One line without the newline. Values are kept in thousandths.
std::string to_line(const GameRecord& record);
// `place` ("games/000001.jsonl.gz line 7") begins the text of every Error.
GameRecord from_line(std::string_view line, const std::string& place);

// Plays the moves on the starting position; an illegal move or one after the end is an Error.
std::unique_ptr<envs::State> replay_game(const GameRecord& record, const std::string& place);

// A shard: a gzip file of lines, written atomically, synced to the disk.
void write_shard(const std::string& path, const std::vector<GameRecord>& records);
std::vector<GameRecord> read_shard(const std::string& path);

}  // namespace tengen::selfplay
