#include "tools/bench_eval_gpu.h"

#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <memory>

#include "nn/base/check.h"
#include "nn/infer/device_runner.h"
#include "nn/infer/plan.h"
#ifdef TENGEN_CUDA
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/cuda_plan.h"
#endif

namespace tengen::tools {
namespace {

// Dense bf16 or fp16 products of an H200 on random numbers, as measured with its matrix library.
constexpr double kChipFlops = 790e12;
constexpr size_t kUnderWay = 3;  // batches

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

#ifdef TENGEN_CUDA
// Runs of the plan alone, a hundred queued at a time.
double on_the_device(const nn::Graph& graph, nn::Device& device, int rows, double seconds) {
  auto& gpu = dynamic_cast<nn::CudaDevice&>(device);
  nn::ConvolutionChoice choice;
  const nn::CudaPlan plan(graph, gpu, nn::PlanPrecision::kFloat16, choice);
  plan.queue();
  gpu.synchronize();
  const auto begin = Clock::now();
  int64_t runs = 0;
  do {
    for (int i = 0; i < 100; ++i) plan.queue();
    gpu.synchronize();
    runs += 100;
  } while (seconds_since(begin) < seconds);
  return static_cast<double>(runs * rows) / seconds_since(begin);
}
#else
double on_the_device(const nn::Graph&, nn::Device&, int, double) { return 0.0; }
#endif

// Whole batches from planes to policies, as the search asks for them.
double end_to_end(const EvalNet& net, int size, nn::Device& device, int rows, double seconds) {
  nn::Device* const devices[] = {&device};
  const auto runner = nn::make_device_runner(devices, nn::BatchGraph([&](int64_t count) {
                                               return net.graph(size, static_cast<int>(count));
                                             }),
                                             {.most_rows = rows});
  const nn::Graph one = net.graph(size, 1);
  const RandomRows given(shapes_of(one, one.inputs), shapes_of(one, one.outputs), rows);
  const auto start = [&] {
    return runner->start(
        {rows, [&](int64_t i) { return given.rows()[static_cast<size_t>(i)]; }, [](int64_t) {}});
  };
  start()->wait();  // plans are made
  std::deque<std::unique_ptr<nn::BatchRunner::UnderWay>> under_way;
  const auto begin = Clock::now();
  int64_t batches = 0;
  while (seconds_since(begin) < seconds || !under_way.empty()) {
    if (seconds_since(begin) < seconds) under_way.push_back(start());
    if (under_way.size() < kUnderWay && seconds_since(begin) < seconds) continue;
    under_way.front()->wait();
    under_way.pop_front();
    ++batches;
  }
  return static_cast<double>(batches * rows) / seconds_since(begin);
}

}  // namespace

void bench_eval_on_gpu(const EvalNet& net, nn::Device& device, const GpuEvalOptions& options,
                       Figures& figures) {
  if (&device == &nn::cpu_device()) throw Error("bench eval: --rows is for a GPU's batches");
  for (const int size : options.sizes) {
    const double flops = nn::Plan(net.graph(size, 1)).flops();
    for (const int rows : options.rows) {
      const std::string name = fmt::format("{} {}x{}, {} at once", net.name, size, size, rows);
      const double alone = on_the_device(net.graph(size, rows), device, rows, options.seconds);
      const double whole = end_to_end(net, size, device, rows, options.seconds);
      figures.push_back({name + ", on the device", alone, "evaluations/s"});
      figures.push_back({name + ", end to end", whole, "evaluations/s"});
      figures.push_back({name + ", end to end to the device alone", 100 * whole / alone, "%"});
      figures.push_back({name + ", as direct convolution", alone * flops * 1e-12, "TFLOP/s"});
      figures.push_back(
          {name + ", of the chip's 790 TFLOP/s", 100 * alone * flops / kChipFlops, "%"});
    }
  }
}

}  // namespace tengen::tools
