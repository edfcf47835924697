#include "tools/pictures/ticks.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"

namespace tengen::tools {
namespace {

// The step of 1, 2 or 5 times a power of ten that is next above `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

}  // namespace

std::vector<Tick> linear_ticks(double least, double greatest, int wanted) {
  CHECK(least <= greatest);
  CHECK(wanted > 0);
  if (least == greatest) return {{least, fmt::format("{:g}", least)}};
  const double step = round_step((greatest - least) / wanted);
  const double slack = 1e-6 * step;
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  const bool many_digits = std::max(std::abs(least), std::abs(greatest)) >= 1e6 || decimals > 5;
  std::vector<Tick> ticks;
  for (double i = std::ceil((least - slack) / step); i * step <= greatest + slack; ++i) {
    const double value = i == 0 ? 0.0 : i * step;
    ticks.push_back({value, many_digits ? fmt::format("{:.4g}", value)
                                        : fmt::format("{:.{}f}", value, decimals)});
  }
  return ticks;
}

std::vector<Tick> log_ticks(double least, double greatest) {
  CHECK(0 < least);
  CHECK(least <= greatest);
  if (greatest / least < 10) return linear_ticks(least, greatest, 6);
  const bool few = greatest / least < 1000;
  std::vector<Tick> ticks;
  for (double exponent = std::floor(std::log10(least));
       std::pow(10, exponent) <= greatest * (1 + 1e-9); ++exponent) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10, exponent);
      if ((factor > 1 && !few) || value < least * (1 - 1e-9) || value > greatest * (1 + 1e-9))
        continue;
      ticks.push_back({value, fmt::format("{:.4g}", value)});
    }
  }
  return ticks;
}

}  // namespace tengen::tools
