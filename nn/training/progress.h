// Progress of a loop of known length: bar, rate, time left and loss on a terminal; elsewhere a
// plain line now and then, so that logs stay readable.
//
//   Progress progress("epoch 3", steps);
//   for (...) progress.step(loss);
//   progress.finish();      epoch 3 [##########....] 71 % 532/750 312.4/s 0:00:00 left, loss 0.0412
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "nn/training/status_line.h"

namespace tengen::nn {

struct ProgressOptions {
  std::ostream* out = nullptr;                  // nothing: standard error
  std::optional<bool> terminal = std::nullopt;  // nothing: whether standard error is one
  double live_period_s = 0.1;                   // between renewals of the bar
  double line_period_s = 30.0;                  // between plain lines
  int bar_width = 30;
  std::function<double()> seconds = {};  // a clock; nothing: the steady one
};

class Progress {
 public:
  Progress(std::string title, int64_t steps, const ProgressOptions& options = {});

  // One step is done. The loss shown is the mean since the last renewal.
  void step(std::optional<double> loss = std::nullopt);
  // A line that stays, above the bar.
  void note(const std::string& text) { line_.line(text); }
  // A last line that stays: all steps, the mean rate and the time taken.
  void finish();
  // The text as it would be shown now.
  std::string text() const;

 private:
  double elapsed() const;

  const std::string title_;
  const int64_t steps_;
  const ProgressOptions options_;
  StatusLine line_;
  double begin_s_ = 0.0, shown_s_ = 0.0;
  int64_t done_ = 0;
  double loss_sum_ = 0.0;
  int64_t loss_count_ = 0;
  std::optional<double> loss_;
};

// "1:02:03".
std::string clock_text(double seconds);

}  // namespace tengen::nn
