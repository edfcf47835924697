// `tengen bench eval`: how fast networks judge positions, heads and pooling included, and how
// near their convolutions come to what the arithmetic allows.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "agents/policy_value_net.h"
#include "envs/games.h"
#include "nn/base/parallel.h"
#include "nn/base/rng.h"
#include "nn/infer/batch_evaluator.h"
#include "tools/bench.h"

namespace tengen::tools {
namespace {

constexpr int kRounds = 5;

// Units a second, the median over rounds; each call of `work` does `units`.
double rate(double seconds, double units, const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  work();  // warms the caches
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    double done = 0;
    const auto start = Clock::now();
    std::chrono::duration<double> passed{};
    do {
      work();
      done += units;
      passed = Clock::now() - start;
    } while (passed.count() < seconds / kRounds);
    rates.push_back(done / passed.count());
  }
  std::sort(rates.begin(), rates.end());
  return rates[kRounds / 2];
}

// Rows of random planes with room for a plan's outputs.
class Rows {
 public:
  Rows(const nn::Plan& plan, int count) {
    Rng rng(1);
    for (int i = 0; i < count; ++i) {
      nn::BatchRow row;
      for (const nn::Shape& shape : plan.input_shapes()) row.inputs.push_back(buffer(shape, &rng));
      for (const nn::Shape& shape : plan.output_shapes())
        row.outputs.push_back(buffer(shape, nullptr));
      rows_.push_back(row);
    }
  }
  const std::vector<nn::BatchRow>& rows() const { return rows_; }

 private:
  float* buffer(const nn::Shape& shape, Rng* rng) {
    buffers_.emplace_back(static_cast<size_t>(shape.size()));
    if (rng)
      for (float& x : buffers_.back()) x = static_cast<float>(rng->below(2));
    return buffers_.back().data();
  }

  std::vector<std::vector<float>> buffers_;
  std::vector<nn::BatchRow> rows_;
};

void measure(const std::string& name, agents::PolicyValueNet& net, int size,
             const BenchOptions& options, std::vector<Figure>& figures) {
  const auto plan = std::make_shared<const nn::Plan>(net.graph(size, size, false));
  const int at_once = 8 * worker_count();
  const Rows rows(*plan, at_once);
  const auto workspace = plan->make_workspace();
  const nn::BatchRow& first = rows.rows().front();
  const double one =
      rate(options.seconds, 1, [&] { plan->run(first.inputs, first.outputs, *workspace); });
  nn::BatchEvaluator evaluator(plan);
  const double all = rate(options.seconds, at_once, [&] { evaluator.run(rows.rows()); });
  const std::string what = fmt::format("{} {}x{}", name, size, size);
  figures.push_back({what + ", one core", one, "evaluations/s"});
  figures.push_back({fmt::format("{}, {} workers", what, worker_count()), all, "evaluations/s"});
  figures.push_back(
      {what + ", one core, as direct convolution", one * plan->flops() * 1e-9, "GFLOP/s"});
}

}  // namespace

std::vector<Figure> bench_eval(const BenchOptions& options) {
  std::vector<Figure> figures;
  if (!options.net.empty()) {
    const auto net = agents::load_net(options.net);
    for (const int size : {9, 19}) measure(options.net, *net, size, options, figures);
    return figures;
  }
  agents::PolicyValueConfig config;
  config.planes = envs::new_game("go:size=9")->spec().planes;
  for (const int channels : {64, 96}) {
    config.channels = channels;
    agents::PolicyValueNet net(config, 1);
    const std::string name = fmt::format("{} blocks x {} channels", config.blocks, channels);
    for (const int size : {9, 19}) measure(name, net, size, options, figures);
  }
  return figures;
}

}  // namespace tengen::tools
