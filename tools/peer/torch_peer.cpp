// torch_peer WORKLOAD fp32|bf16 SECONDS THREADS
//
// Trains one network of `tengen bench train` in libtorch and prints what that benchmark reads:
// {"samples_per_second": 801.5, "peak_mib": 512.0}
#include <ATen/autocast_mode.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "tools/peer/torch_nets.h"

namespace {

// bf16 is libtorch's own mixed precision: products in bfloat16, chosen operation by operation.
class MixedPrecision {
 public:
  explicit MixedPrecision(bool on) : on_(on) {
    if (!on_) return;
    at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
    at::autocast::set_cpu_enabled(true);
  }
  ~MixedPrecision() {
    if (!on_) return;
    at::autocast::clear_cache();
    at::autocast::set_cpu_enabled(false);
  }

 private:
  bool on_;
};

void step(peer::Workload& work, bool bf16) {
  work.optimizer->zero_grad();
  torch::Tensor loss;
  {
    MixedPrecision precision(bf16);
    loss = torch::nn::functional::cross_entropy(work.logits(work.input), work.target);
  }
  loss.backward();
  work.optimizer->step();
}

double samples_per_second(peer::Workload& work, bool bf16, double seconds) {
  for (int i = 0; i < 3; ++i) step(work, bf16);
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::chrono::duration<double> passed{};
  long steps = 0;
  do {
    step(work, bf16);
    ++steps;
    passed = Clock::now() - start;
  } while (passed.count() < seconds);
  return static_cast<double>(steps * work.batch) / passed.count();
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;  // Linux counts in KiB
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: torch_peer mlp|lenet|go9|go19|lstm fp32|bf16 SECONDS THREADS\n";
    return 2;
  }
  try {
    at::set_num_threads(std::atoi(argv[4]));
    peer::Workload work = peer::make_workload(argv[1]);
    const double rate =
        samples_per_second(work, std::string(argv[2]) == "bf16", std::atof(argv[3]));
    std::printf("{\"samples_per_second\": %.2f, \"peak_mib\": %.1f}\n", rate, peak_mib());
  } catch (const std::exception& error) {
    std::cerr << "torch_peer: " << error.what() << "\n";
    return 1;
  }
}
