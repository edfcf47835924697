// What a run tells about itself: a live line on a terminal, plain lines elsewhere, and the same
// figures as JSON for metrics.jsonl.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "nn/training/status_line.h"
#include "selfplay/trainer.h"

namespace tengen::selfplay {

// Since the last publication, but for the totals.
struct IntervalFigures {
  int network = 0;
  int64_t games = 0, positions = 0, steps = 0, window = 0;  // totals
  int interval_games = 0;
  double game_length = 0.0, first_wins = 0.0, draws = 0.0;  // means over the interval's games
  StepMeasures losses;                                      // means over the interval's steps
  int interval_steps = 0;
  double learning_rate = 0.0;
  double positions_per_s = 0.0, evaluations_per_s = 0.0;  // while generating
  double samples_per_s = 0.0;                             // while training
  double generate_s = 0.0, train_s = 0.0, measure_s = 0.0;
  std::optional<double> elo;  // against the network measured before
  double seconds = 0.0;       // of the whole run
};

std::string to_text(const IntervalFigures& figures);
std::string to_json_line(const IntervalFigures& figures);

// Adds one step's measures to running means.
void add_step(IntervalFigures& figures, const StepMeasures& step);

class Progress {
 public:
  explicit Progress(bool quiet);
  // At most a few times a second and only on a terminal.
  void live(const std::string& text);
  void line(const std::string& text);

 private:
  bool quiet_;
  std::mutex mutex_;  // guards what follows: playing and training tell of themselves
  nn::StatusLine line_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace tengen::selfplay
