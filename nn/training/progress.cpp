#include "nn/training/progress.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <utility>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string formatted(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

ProgressOptions completed(ProgressOptions options) {
  if (!options.seconds) options.seconds = steady_seconds;
  if (!options.terminal) options.terminal = on_terminal();
  if (!options.out) options.out = &std::cerr;
  return options;
}

}  // namespace

std::string clock_text(double seconds) {
  const auto s = static_cast<int64_t>(seconds);
  char text[64];
  std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", static_cast<long long>(s / 3600),
                static_cast<long long>(s / 60 % 60), static_cast<long long>(s % 60));
  return text;
}

Progress::Progress(std::string title, int64_t steps, const ProgressOptions& options)
    : title_(std::move(title)),
      steps_(steps),
      options_(completed(options)),
      line_(*options_.out, *options_.terminal),
      begin_s_(options_.seconds()),
      shown_s_(begin_s_) {
  CHECK(steps > 0);
}

double Progress::elapsed() const { return options_.seconds() - begin_s_; }

void Progress::step(std::optional<double> loss) {
  ++done_;
  if (loss) {
    loss_sum_ += *loss;
    ++loss_count_;
  }
  const double now = options_.seconds();
  const double period = line_.terminal() ? options_.live_period_s : options_.line_period_s;
  if (now - shown_s_ < period) return;
  shown_s_ = now;
  if (loss_count_ > 0) loss_ = loss_sum_ / static_cast<double>(loss_count_);
  loss_sum_ = 0.0;
  loss_count_ = 0;
  if (line_.terminal())
    line_.live(text());
  else
    line_.line(text());
}

std::string Progress::text() const {
  const double share = std::min(1.0, static_cast<double>(done_) / static_cast<double>(steps_));
  const double seconds = elapsed();
  std::string out = title_;
  if (line_.terminal()) {
    const auto full = static_cast<size_t>(std::floor(share * options_.bar_width));
    out += " [" + std::string(full, '#') +
           std::string(static_cast<size_t>(options_.bar_width) - full, '.') + "]";
  }
  out += formatted(" %.0f %% ", std::floor(100.0 * share)) + std::to_string(done_) + "/" +
         std::to_string(steps_);
  if (done_ > 0 && seconds > 0.0) {
    const double rate = static_cast<double>(done_) / seconds;
    const double left = static_cast<double>(std::max<int64_t>(0, steps_ - done_)) / rate;
    out += formatted(" %.1f/s ", rate) + clock_text(std::ceil(left)) + " left";
  }
  if (loss_) out += formatted(", loss %.4f", *loss_);
  return out;
}

void Progress::finish() {
  const double seconds = elapsed();
  if (loss_count_ > 0) loss_ = loss_sum_ / static_cast<double>(loss_count_);
  std::string out = title_ + ": " + std::to_string(done_) + " steps in " + clock_text(seconds);
  if (seconds > 0.0) out += formatted(", %.1f/s", static_cast<double>(done_) / seconds);
  if (loss_) out += formatted(", loss %.4f", *loss_);
  line_.line(out);
}

}  // namespace tengen::nn
