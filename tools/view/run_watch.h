// A training run, watched from outside: its newest games move by move, its loss and strength.
// Reads only, and holds no lock: the run goes on.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "selfplay/record.h"
#include "tools/view/shown.h"

namespace tengen::tools::view {

// The newest finished games, newest first. Lines that are half written are passed over.
std::vector<selfplay::GameRecord> newest_games(const std::string& run, size_t most);
// Loss, accuracy and Elo over the first network, one number a publication each.
std::vector<WallCurve> run_curves(const std::string& run);

struct RunWatchOptions {
  size_t games = 12;
  double moves_per_s = 4.0;
};

class RunWatch : public Shown {
 public:
  // Error where the folder holds no run.
  explicit RunWatch(std::string run, const RunWatchOptions& options = {});

  void command(Command command) override;
  bool look() override;
  Scene scene() const override;

 private:
  struct Game {
    selfplay::GameRecord record;
    std::vector<BoardScene> boards;  // after each move, made as they are first shown
    std::unique_ptr<envs::State> state;
    double begin_s = 0.0;  // when its first move was shown
  };
  void read();
  void advance(Game& game) const;

  const std::string run_;
  const RunWatchOptions options_;
  std::vector<Game> games_;
  std::vector<WallCurve> curves_;
  std::string trouble_;
  double read_s_ = -1e9, drawn_s_ = 0;
  std::filesystem::file_time_type seen_games_{}, seen_metrics_{};
  bool help_ = false;
};

}  // namespace tengen::tools::view
