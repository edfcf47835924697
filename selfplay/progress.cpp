#include "selfplay/progress.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "nn/training/progress.h"

namespace tengen::selfplay {
namespace {

constexpr auto kLivePeriod = std::chrono::milliseconds(250);

}  // namespace

std::string to_text(const IntervalFigures& f) {
  std::string text = fmt::format(
      "{} net {:4} | games {} positions {} window {} steps {} | loss {:.3f} (policy {:.3f} value "
      "{:.3f} score {:.3f} ownership {:.3f}) accuracy {:.2f} {:.2f} | length {:.0f} first {:.2f} | "
      "{:.0f} positions/s {:.0f} evals/s {:.0f} samples/s",
      nn::clock_text(f.seconds), f.network, f.games, f.positions, f.window, f.steps, f.losses.loss,
      f.losses.policy_loss, f.losses.value_loss, f.losses.score_loss, f.losses.ownership_loss,
      f.losses.policy_accuracy, f.losses.value_accuracy, f.game_length, f.first_wins,
      f.positions_per_s, f.evaluations_per_s, f.samples_per_s);
  if (f.elo) text += fmt::format(" | Elo {:+.0f}", *f.elo);
  return text;
}

std::string to_json_line(const IntervalFigures& f) {
  nlohmann::ordered_json json = {
      {"seconds", f.seconds},
      {"network", f.network},
      {"games", f.games},
      {"positions", f.positions},
      {"window", f.window},
      {"steps", f.steps},
      {"learning_rate", f.learning_rate},
      {"loss", f.losses.loss},
      {"policy_loss", f.losses.policy_loss},
      {"value_loss", f.losses.value_loss},
      {"score_loss", f.losses.score_loss},
      {"ownership_loss", f.losses.ownership_loss},
      {"policy_accuracy", f.losses.policy_accuracy},
      {"value_accuracy", f.losses.value_accuracy},
      {"gradient_norm", f.losses.gradient_norm},
      {"game_length", f.game_length},
      {"first_wins", f.first_wins},
      {"draws", f.draws},
      {"positions_per_s", f.positions_per_s},
      {"evaluations_per_s", f.evaluations_per_s},
      {"samples_per_s", f.samples_per_s},
      {"generate_s", f.generate_s},
      {"train_s", f.train_s},
      {"measure_s", f.measure_s},
  };
  if (f.elo) json["elo_against_previous"] = *f.elo;
  return json.dump();
}

void add_step(IntervalFigures& figures, const StepMeasures& step) {
  const float share = 1.0f / static_cast<float>(++figures.interval_steps);
  const auto blend = [share](float& mean, float value) { mean += share * (value - mean); };
  StepMeasures& mean = figures.losses;
  blend(mean.loss, step.loss);
  blend(mean.policy_loss, step.policy_loss);
  blend(mean.value_loss, step.value_loss);
  blend(mean.score_loss, step.score_loss);
  blend(mean.ownership_loss, step.ownership_loss);
  blend(mean.policy_accuracy, step.policy_accuracy);
  blend(mean.value_accuracy, step.value_accuracy);
  blend(mean.gradient_norm, step.gradient_norm);
}

Progress::Progress(bool quiet) : quiet_(quiet), line_(std::cerr, nn::on_terminal()) {}

void Progress::live(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (quiet_ || now - last_ < kLivePeriod) return;
  last_ = now;
  line_.live(text);
}

void Progress::line(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (!quiet_) line_.line(text);
}

}  // namespace tengen::selfplay
