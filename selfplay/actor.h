// Many games of self-play at once, one leaf of each tree in every wave of the search.
//
// Full searches, with root noise, teach the policy; fast ones between them only carry the game on
// (playout-cap randomisation, Wu 2019, section 3.1). All randomness of a game comes from
// Rng(seed, number of the game), so scheduling and neighbours do not change it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nn/base/rng.h"
#include "nn/infer/plan_precision.h"
#include "search/drive.h"
#include "selfplay/record.h"

namespace tengen::selfplay {

struct ActorOptions {
  std::string game = "tictactoe";  // as new_game takes it, without komi if `komis` is given
  std::string komis;               // "6.5,7,7.5": each game of Go draws one
  int games = 64;                  // under way at once
  nn::PlanPrecision precision = nn::PlanPrecision::kFloat32;  // of the network's judgements
  int full_visits = 128;
  int fast_visits = 24;
  float full_share = 0.25f;      // probability of a full search
  float noise_fraction = 0.25f;  // Dirichlet noise of a full search
  float opening_moves = 3.0f;    // mean number (exponential) of first moves from the raw policy
  float temperature = 0.9f;      // of the choice over visits, halved every so many moves ...
  float temperature_halflife = 9.0f;
  float temperature_floor = 0.15f;  // ... down to this
  // A game whose root value stayed beyond `decided_value` for `decided_moves` moves is played out
  // quickly: its end still teaches ownership, its moves hardly anything.
  float decided_value = 0.95f;
  int decided_moves = 6;
  int decided_visits = 12;
  // The first games come from a network that knows nothing: quick ones, no policy targets.
  int bootstrap_games = 0;
  int bootstrap_visits = 8;
};

// The descriptions of games that are drawn from: one for each komi.
std::vector<std::string> game_choices(const ActorOptions& options);

// Room for a tree of so many visits, twice over for what a move keeps: there may be hundreds.
size_t tree_mib(int visits, int actions);

struct ActorCounts {
  int64_t moves = 0;
  int64_t visits = 0;  // searched, without those kept in a tree from the move before
};

class Actor {
 public:
  // The first game has number `next_number`.
  Actor(const ActorOptions& options, const search::SearchOptions& search, uint64_t seed,
        uint64_t next_number);
  ~Actor();

  // Plays on until `enough` says so, which is asked after every move. Each finished game goes to
  // `sink` at once. The games under way wait for the next call.
  void play(search::Evaluator& evaluator, int network,
            const std::function<void(GameRecord&&)>& sink, const std::function<bool()>& enough);

  const ActorCounts& counts() const { return counts_; }

 private:
  struct Game;
  void begin_game(Game& game);
  int begin_move(Game& game);  // returns the target of visits
  envs::Action choose(Game& game, const search::Report& report);
  void note_move(Game& game, const search::Report& report, envs::Action action);
  void play_move(Game& game);
  GameRecord finish(Game& game);

  ActorOptions options_;
  search::SearchOptions search_;
  uint64_t seed_;
  uint64_t next_number_;
  int network_ = 0;
  std::vector<std::unique_ptr<envs::State>> starts_;  // one for each choice of game
  std::vector<std::unique_ptr<Game>> games_;
  std::vector<int> targets_;
  std::atomic<bool> pause_{false};
  ActorCounts counts_;
};

}  // namespace tengen::selfplay
