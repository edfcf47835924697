// The loop of learning: generate games, train on them, publish the network, measure it, again.
//
// One process does all of it, one phase after the other, each on every core. It may be stopped
// or killed at any moment: finished games are on disk before they are counted, and what is owed
// (training steps, the next publication) follows from the counters alone.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "agents/net_evaluator.h"
#include "selfplay/actor.h"
#include "selfplay/game_store.h"
#include "selfplay/progress.h"
#include "selfplay/replay.h"
#include "selfplay/run_folder.h"
#include "selfplay/trainer.h"

namespace tengen::selfplay {

class Loop {
 public:
  // Opens or begins the run in `folder`; see RunFolder::resolve for the options. On a GPU games
  // are played while the network trains on those before; on the CPU, whose cores either would use
  // up, one after the other.
  Loop(const std::string& folder, const std::string& preset,
       const std::vector<std::string>& assignments, bool quiet,
       nn::Device& device = nn::cpu_device());
  ~Loop();

  // Until `stop` is set or so many minutes have passed (0: no limit), then a checkpoint.
  void run(const std::atomic<bool>& stop, double minutes);

  const RunOptions& options() const { return options_; }
  int64_t games() const { return store_.games(); }

 private:
  using Clock = std::chrono::steady_clock;
  std::unique_ptr<agents::PolicyValueNet> average_on_cpu();
  bool over() const;
  void resume();
  void generate();
  void train(int64_t last_step);
  TrainingBatch drawn(uint64_t seed, uint64_t number);
  void train_beside_play();
  void publish();
  void measure();
  void checkpoint();
  int64_t last_step_owed() const;
  int64_t games_owed() const;
  void take_game(GameRecord&& record);
  double elapsed() const;

  nn::Device& device_;
  RunFolder folder_;
  RunOptions options_;
  GameStore store_;
  Replay replay_;
  std::mutex replay_mutex_;  // guards replay_ while games are played beside training
  Trainer trainer_;
  // The newest published, and the one that it is measured against; both on the CPU.
  std::unique_ptr<agents::PolicyValueNet> newest_, rival_;
  std::unique_ptr<agents::NetEvaluator> evaluator_;
  std::unique_ptr<agents::NetEvaluator> rival_evaluator_;
  std::unique_ptr<Actor> actor_;
  RunCounters counters_;
  IntervalFigures interval_;
  Progress progress_;
  const std::atomic<bool>* stop_ = nullptr;
  std::atomic<bool> failed_{false};  // training beside play has
  Clock::time_point begin_;
  double minutes_ = 0.0;
  int64_t visits_before_ = 0, moves_before_ = 0;
};

}  // namespace tengen::selfplay
