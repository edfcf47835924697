#include "nn/training/run_log.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"

namespace tengen::nn {

Moments::Moments(const std::string& tag, int64_t step, std::span<const float> values)
    : count(static_cast<int64_t>(values.size())) {
  const auto strange =
      std::count_if(values.begin(), values.end(), [](float x) { return !std::isfinite(x); });
  if (strange > 0)
    throw Error(tag + " at step " + std::to_string(step) + ": " + std::to_string(strange) + " of " +
                std::to_string(count) +
                " values are not finite; a smaller learning rate or gradient clipping may help");
  if (values.empty()) return;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  least = *low;
  greatest = *high;
  for (const double x : values) {
    sum += x;
    sum_of_squares += x * x;
  }
}

}  // namespace tengen::nn
