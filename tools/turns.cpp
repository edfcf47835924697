#include "tools/turns.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tengen::tools {

Contender repeated(double units, std::function<void()> work) {
  return [units, work = std::move(work)](double seconds) {
    using Clock = std::chrono::steady_clock;
    work();  // warms the caches
    double done = 0;
    const auto start = Clock::now();
    std::chrono::duration<double> passed{};
    do {
      work();
      done += units;
      passed = Clock::now() - start;
    } while (passed.count() < seconds);
    return done / passed.count();
  };
}

std::vector<double> median_rates(const std::vector<Contender>& contenders, int turns,
                                 double seconds) {
  std::vector<std::vector<double>> rates(contenders.size());
  for (int turn = 0; turn < turns; ++turn)
    for (size_t i = 0; i < contenders.size(); ++i) rates[i].push_back(contenders[i](seconds));
  std::vector<double> medians;
  for (std::vector<double>& of_one : rates) {
    std::sort(of_one.begin(), of_one.end());
    medians.push_back(of_one[of_one.size() / 2]);
  }
  return medians;
}

}  // namespace tengen::tools
