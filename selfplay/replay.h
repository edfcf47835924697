// Replay: a sliding window of games, drawn from as batches of training positions.
//
// A drawn position is replayed from its moves (about ten microseconds on 9x9) and encoded under a
// random symmetry, so the window costs a few bytes a move and features may change freely.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nn/tensor.h"
#include "selfplay/record.h"

namespace tengen::selfplay {

struct ReplayOptions {
  // The window grows more slowly than the run (Wu 2019, appendix C): with N positions seen and
  // c = window_start it holds c * (1 + slope * ((N / c)^power - 1) / power) of them.
  int64_t window_start = 20000;
  float window_power = 0.75f;
  float window_slope = 0.5f;
  float fast_share = 0.2f;        // chance of a position without policy target against one with
  float root_value_share = 0.2f;  // of the root's value in the value target, the rest the outcome
  bool symmetries = true;
};

// Targets for the player to move. Rows of one batch are of one board size.
struct TrainingBatch {
  nn::Tensor planes;         // [N,H,W,P]
  nn::Tensor policy;         // [N,A], zeros where the policy weight is 0
  nn::Tensor policy_weight;  // [N]: 1 where a full search left a target
  nn::Tensor value;          // [N,1] in [0,1], a draw 0.5
  nn::Tensor score;          // [N,1] in units of kScoreUnit points
  nn::Tensor ownership;      // [N,H*W] in [0,1], nobody's point 0.5
  int rows() const { return static_cast<int>(planes.shape()[0]); }
  TrainingBatch to(nn::Device& device) const;
};

class Replay {
 public:
  explicit Replay(const ReplayOptions& options) : options_(options) {}

  // `positions_seen` by the whole run, this game included, sets the size of the window.
  void add(GameRecord record, int64_t positions_seen);

  int64_t window_size(int64_t positions_seen) const;
  int64_t positions() const { return positions_; }
  bool empty() const { return games_.empty(); }

  // Row i of batch `number` depends only on (seed, number, i) and the window.
  TrainingBatch sample(int rows, uint64_t seed, uint64_t number) const;

 private:
  struct Game {
    GameRecord record;
    const envs::State* start = nullptr;
    std::vector<int8_t> owners;  // [H*W] at the end: +1 kFirst, -1 kSecond, 0 nobody
    double weight_end = 0.0;     // of all positions up to the end of this game, since the first
  };
  struct Place {
    const Game* game;
    int move;
  };
  double weight(const MoveSearch& search) const;
  Place pick(Rng& rng) const;
  void fill(TrainingBatch& batch, int row, const Place& place, int symmetry) const;
  void fill_policy(float* out, const Place& place, const std::vector<envs::Action>& image) const;

  ReplayOptions options_;
  std::map<std::string, std::unique_ptr<envs::State>> starts_;
  std::deque<Game> games_;
  int64_t positions_ = 0;
  double dropped_weight_ = 0.0;
  double total_weight_ = 0.0;
};

}  // namespace tengen::selfplay
