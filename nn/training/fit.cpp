#include "nn/training/fit.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "nn/base/check.h"
#include "nn/optim/weight_average.h"
#include "nn/precision.h"
#include "nn/training/checkpoint.h"
#include "nn/training/early_stopping.h"
#include "nn/training/finite.h"
#include "nn/training/host_weights.h"
#include "nn/training/progress.h"

namespace tengen::nn {
namespace {

constexpr double kCheckpointSeconds = 60.0;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// What a checkpoint keeps of the epochs: a row each of loss summed over `steps` batches, the last
// rate, seconds, then the measures.
class History {
 public:
  History(int64_t epochs, size_t measures)
      : columns_(kMeasures + static_cast<int64_t>(measures)), rows_({epochs, columns_}) {}

  void add_step(int64_t epoch, double loss, double rate, double seconds) {
    float* row = rows_.data() + epoch * columns_;
    row[kLoss] += static_cast<float>(loss);
    row[kSteps] += 1.0f;
    row[kRate] = static_cast<float>(rate);
    row[kSeconds] += static_cast<float>(seconds);
  }
  void set_measures(int64_t epoch, const std::vector<double>& measures) {
    std::copy(measures.begin(), measures.end(), rows_.data() + epoch * columns_ + kMeasures);
  }
  FitEpoch epoch(int64_t number) const {
    const float* row = rows_.data() + number * columns_;
    return {row[kLoss] / std::max(1.0f, row[kSteps]), row[kRate], row[kSeconds],
            std::vector<double>(row + kMeasures, row + columns_)};
  }

  std::vector<NamedTensor> state() const { return {{"rows", rows_}}; }
  void load_state(const std::vector<NamedTensor>& entries) { load_entries(state(), entries); }

 private:
  enum Column { kLoss, kSteps, kRate, kSeconds, kMeasures };
  int64_t columns_;
  Tensor rows_;  // [epochs, columns]
};

class Fit {
 public:
  Fit(Module& net, Optimizer& optimizer, const Loader& train, const BatchLoss& loss,
      const Validation& validation, const FitOptions& options)
      : net_(net),
        optimizer_(optimizer),
        train_(train),
        loss_(loss),
        validation_(validation),
        options_(options),
        device_(net.parameters().at(0).var.value().device()),
        precision_(options.bfloat16 && device_.fast_bfloat16() ? Precision::kBfloat16
                                                               : Precision::kFloat32),
        stopping_(net, {.patience = options.patience}),
        history_(options.epochs, validation.names.size()) {
    checkpoint_.add("net", net).add("optimizer", optimizer).add("stopping", stopping_);
    checkpoint_.add("history", history_).add("position", position_).add("step", step_);
    checkpoint_.add("ended", ended_);
    if (options.average_decay > 0.0f) {
      average_.emplace(net, WeightAverageOptions{.decay = options.average_decay});
      checkpoint_.add("average", *average_);
    }
  }

  FitResult run() {
    if (!options_.checkpoint.empty() && std::filesystem::exists(options_.checkpoint))
      checkpoint_.load(options_.checkpoint);
    saved_s_ = now();
    const int64_t left = (options_.epochs - position_.epoch) * train_.batches() - position_.batch;
    if (left > 0 && !ended_) {
      Progress progress(options_.name, left);
      while (position_.epoch < options_.epochs && !ended_) run_epoch(progress);
    }
    save();
    stopping_.restore();
    bring_to_host(net_);
    net_.train(false);
    return result();
  }

 private:
  void run_epoch(Progress& progress) {
    const int64_t epoch = position_.epoch;
    net_.train();
    double begin = now();
    for (const Batch& batch : train_.resume(position_)) {
      const double loss = train_on(batch.to(device_));
      position_ = batch.next;
      history_.add_step(epoch, loss, options_.rate(step_ - 1), now() - begin);
      log_step(loss);
      progress.step(loss);
      if (stop_asked()) stop();
      if (now() - saved_s_ > kCheckpointSeconds) save();
      begin = now();
    }
    position_ = {epoch + 1, 0};
    net_.train(false);
    validate(epoch, progress);
    if (stop_asked() && position_.epoch < options_.epochs && !ended_) stop();
  }

  double train_on(const Batch& batch) {
    const ProductPrecision precision(precision_);
    optimizer_.zero_grad();
    const Var loss = loss_(batch);
    check_losses(step_, {{"loss", loss}}, net_);
    backward(loss);
    if (options_.clip_gradient > 0.0f) optimizer_.clip_gradient(options_.clip_gradient);
    optimizer_.step(options_.rate(step_++));
    if (average_) average_->update();
    return loss.value().item();
  }

  std::vector<double> measured() {
    const HostWeights on_cpu(net_);
    return validation_.measure();
  }

  void validate(int64_t epoch, Progress& progress) {
    std::optional<AverageInPlace> in_place;
    if (average_) in_place.emplace(*average_);
    const std::vector<double> measures = measured();
    CHECK(measures.size() == validation_.names.size());
    ended_ = stopping_.update(static_cast<float>(measures[0]));
    history_.set_measures(epoch, measures);
    if (options_.log) {
      for (size_t i = 0; i < measures.size(); ++i)
        options_.log->scalar(tag(validation_.names[i]), step_, measures[i]);
      options_.log->flush();
    }
    progress.note(epoch_text(epoch));
  }

  std::string epoch_text(int64_t epoch) const {
    const FitEpoch row = history_.epoch(epoch);
    char number[64];
    const auto shown = [&](const char* format, double value) {
      std::snprintf(number, sizeof number, format, value);
      return std::string(number);
    };
    std::string text = options_.name + " epoch " + std::to_string(epoch + 1) + "/" +
                       std::to_string(options_.epochs) + ": loss " + shown("%.4f", row.loss);
    for (size_t i = 0; i < row.measures.size(); ++i)
      text += ", " + validation_.names[i] + shown(" %.4g", row.measures[i]);
    if (!stopping_.improved()) text += shown(" (best %.4g)", stopping_.best());
    return text + shown(", %.1f s", row.seconds);
  }

  void log_step(double loss) {
    logged_loss_ += loss;
    ++logged_steps_;
    if (!options_.log || step_ % options_.log_steps != 0) return;
    options_.log->scalar(tag("loss"), step_, logged_loss_ / static_cast<double>(logged_steps_));
    options_.log->scalar(tag("rate"), step_, options_.rate(step_ - 1));
    logged_loss_ = 0.0;
    logged_steps_ = 0;
  }
  std::string tag(const std::string& name) const { return options_.name + "/" + name; }

  void save() {
    if (!options_.checkpoint.empty()) checkpoint_.save(options_.checkpoint);
    saved_s_ = now();
  }
  bool stop_asked() const { return options_.stop && *options_.stop; }
  [[noreturn]] void stop() {
    save();
    throw FitStopped();
  }

  FitResult result() const {
    FitResult result;
    for (int64_t i = 0; i < position_.epoch; ++i) {
      result.epochs.push_back(history_.epoch(i));
      result.seconds += result.epochs.back().seconds;
      if (result.epochs.back().measures[0] <
          result.epochs[static_cast<size_t>(result.best)].measures[0])
        result.best = i;
    }
    return result;
  }

  Module& net_;
  Optimizer& optimizer_;
  const Loader& train_;
  const BatchLoss& loss_;
  const Validation& validation_;
  const FitOptions& options_;
  Device& device_;  // of the network
  const Precision precision_;
  EarlyStopping stopping_;
  History history_;
  std::optional<WeightAverage> average_;
  Checkpoint checkpoint_;
  LoaderPosition position_;
  int64_t step_ = 0;
  int64_t ended_ = 0;  // 1: by patience
  double saved_s_ = 0.0;
  double logged_loss_ = 0.0;
  int64_t logged_steps_ = 0;
};

}  // namespace

FitResult fit(Module& net, Optimizer& optimizer, const Loader& train, const BatchLoss& loss,
              const Validation& validation, const FitOptions& options) {
  CHECK(options.epochs > 0);
  CHECK(!validation.names.empty());
  return Fit(net, optimizer, train, loss, validation, options).run();
}

}  // namespace tengen::nn
