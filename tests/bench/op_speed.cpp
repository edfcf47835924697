// nn_op_speed [PART-OF-A-NAME]: how long every operation of the case list takes, value and
// gradient together, on the fast device and on the reference. The third use of tests/nn/op_cases.h.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "nn/device.h"
#include "nn/ops.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

// The best of some rounds, each long enough for the clock: what else runs only adds time.
double nanoseconds(const std::function<void()>& run) {
  using Clock = std::chrono::steady_clock;
  using Nanoseconds = std::chrono::duration<double, std::nano>;
  constexpr int kRounds = 5;
  constexpr Nanoseconds kRound = std::chrono::milliseconds(2);
  run();
  double best = 1e300;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = Clock::now();
    int runs = 0;
    Nanoseconds passed{};
    do {
      run();
      ++runs;
      passed = Clock::now() - start;
    } while (passed < kRound);
    best = std::min(best, passed.count() / runs);
  }
  return best;
}

double time_of(const OpCase& c, Device& device) {
  std::vector<Var> inputs;
  for (size_t i = 0; i < c.inputs.size(); ++i)
    inputs.emplace_back(Tensor(c.inputs[i], spread_values(c.inputs[i].size(), i), device),
                        static_cast<int>(i) < c.differentiable);
  return nanoseconds([&] {
    const Var y = c.run(inputs);
    if (y.requires_grad()) backward(sum(y));
    for (Var& input : inputs) input.zero_grad();
  });
}

void print_table(const std::string& part) {
  std::printf("%-52s %12s %14s %7s\n", "value and gradient, ns", "fast", "reference", "ratio");
  for (const OpCase& c : op_cases()) {
    if (c.name.find(part) == std::string::npos) continue;
    const double fast = time_of(c, cpu_device()), plain = time_of(c, reference_device());
    std::printf("%-52s %12.0f %14.0f %7.2f\n", c.name.c_str(), fast, plain, plain / fast);
  }
}

}  // namespace
}  // namespace tengen::nn

int main(int argc, char** argv) {
  try {
    tengen::nn::print_table(argc > 1 ? argv[1] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "nn_op_speed: %s\n", error.what());
    return 1;
  }
}
