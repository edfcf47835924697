#include "nn/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

// From `from` to `to` on half a cosine; way in [0, 1].
double half_cosine(double from, double to, double way) {
  return to + (from - to) * 0.5 * (1.0 + std::cos(std::numbers::pi * way));
}

double share_of(int64_t step, int64_t steps) {
  return std::clamp(static_cast<double>(step) / static_cast<double>(steps), 0.0, 1.0);
}

}  // namespace

Schedule constant_rate(float rate) {
  return [rate](int64_t) { return rate; };
}

Schedule step_rate(float rate, int64_t every, float factor) {
  CHECK(every > 0);
  return [=](int64_t step) {
    return static_cast<float>(rate * std::pow(double{factor}, static_cast<double>(step / every)));
  };
}

Schedule milestone_rate(float rate, std::vector<int64_t> milestones, float factor) {
  CHECK(std::is_sorted(milestones.begin(), milestones.end()));
  return [rate, factor, milestones = std::move(milestones)](int64_t step) {
    const auto reached =
        std::upper_bound(milestones.begin(), milestones.end(), step) - milestones.begin();
    return static_cast<float>(rate * std::pow(double{factor}, static_cast<double>(reached)));
  };
}

Schedule cosine_rate(float rate, int64_t steps, float final_share) {
  CHECK(steps > 0);
  return [=](int64_t step) {
    return static_cast<float>(half_cosine(rate, rate * final_share, share_of(step, steps)));
  };
}

Schedule cosine_restarts(float rate, int64_t first_steps, float factor, float final_share) {
  CHECK(first_steps > 0);
  CHECK(factor >= 1.0f);
  return [=](int64_t step) {
    double begin = 0.0, length = static_cast<double>(first_steps);
    const double at = static_cast<double>(step);
    if (factor == 1.0f) {
      begin = std::floor(at / length) * length;
    } else {
      for (; at >= begin + length; length *= factor) begin += length;
    }
    return static_cast<float>(half_cosine(rate, rate * final_share, (at - begin) / length));
  };
}

Schedule one_cycle(const OneCycle& cycle) {
  CHECK(cycle.steps > 0);
  CHECK(cycle.rise_share > 0.0f);
  CHECK(cycle.rise_share < 1.0f);
  CHECK(cycle.start_divisor > 0.0f);
  CHECK(cycle.end_divisor > 0.0f);
  return [=](int64_t step) {
    const double way = share_of(step, cycle.steps), top = cycle.rise_share;
    const double rate =
        way < top
            ? half_cosine(cycle.peak / cycle.start_divisor, cycle.peak, way / top)
            : half_cosine(cycle.peak, cycle.peak / cycle.end_divisor, (way - top) / (1 - top));
    return static_cast<float>(rate);
  };
}

Schedule with_warmup(Schedule schedule, int64_t steps) {
  CHECK(steps >= 0);
  return [schedule = std::move(schedule), steps](int64_t step) {
    if (step + 1 >= steps) return schedule(step);
    return schedule(step) * static_cast<float>(share_of(step + 1, steps));
  };
}

float scaled_rate(float rate, int64_t batch, int64_t base_batch) {
  CHECK(batch > 0);
  CHECK(base_batch > 0);
  return static_cast<float>(rate * (static_cast<double>(batch) / static_cast<double>(base_batch)));
}

Plateau::Plateau(const PlateauOptions& options)
    : options_(options),
      state_({3}, std::vector<float>{1.0f, std::numeric_limits<float>::max(), 0.0f}) {
  CHECK(0.0f < options.factor);
  CHECK(options.factor < 1.0f);
  CHECK(options.patience >= 0);
}

float Plateau::factor() const { return state_.to_vector()[0]; }

// Not-a-number counts as no improvement.
bool Plateau::update(float measure) {
  std::vector<float> words = state_.to_vector();
  float &factor = words[0], &best = words[1], &waited = words[2];
  const float needed = best == std::numeric_limits<float>::max()
                           ? best
                           : best - options_.least_improvement * std::abs(best);
  bool fell = false;
  if (measure < needed) {
    best = measure;
    waited = 0.0f;
  } else if (++waited > static_cast<float>(options_.patience)) {
    fell = factor > options_.least_factor;
    factor = std::max(options_.least_factor, factor * options_.factor);
    waited = 0.0f;
  }
  state_.copy_from(Tensor({3}, words));
  return fell;
}

std::vector<NamedTensor> Plateau::state() const { return {{"plateau", state_}}; }

void Plateau::load_state(const std::vector<NamedTensor>& entries) {
  load_entries(state(), entries);
}

}  // namespace tengen::nn
