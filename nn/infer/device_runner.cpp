#include "nn/infer/device_runner.h"

#include <algorithm>
#include <iostream>
#include <vector>

#include "nn/base/check.h"
#include "nn/infer/batch_evaluator.h"
#include "nn/infer/deal.h"
#ifdef TENGEN_CUDA
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/cuda_runner.h"
#endif

namespace tengen::nn {
namespace {

#ifdef TENGEN_CUDA
// The number of a GPU; -1 for other devices.
int gpu_number(Device& device) {
  const auto* const gpu = dynamic_cast<CudaDevice*>(&device);
  return gpu ? gpu->index() : -1;
}

std::unique_ptr<BatchRunner> make_gpu_runner(int gpu, const BatchGraph& network,
                                             const DeviceRunnerOptions& options) {
  CudaRunnerOptions on_gpu;
  if (options.precision == PlanPrecision::kFloat32) on_gpu.precision = PlanPrecision::kFloat32;
  on_gpu.most_rows = options.most_rows;
  on_gpu.tell = options.tell;
  if (!on_gpu.tell) on_gpu.tell = [](const std::string& line) { std::cerr << line << std::endl; };
  return std::make_unique<CudaRunner>(gpu, network, on_gpu);
}
#else
int gpu_number(Device&) { return -1; }

std::unique_ptr<BatchRunner> make_gpu_runner(int, const BatchGraph&, const DeviceRunnerOptions&) {
  throw Error("GPUs are not compiled in");
}
#endif

std::unique_ptr<BatchRunner> make_cpu_runner(const BatchGraph& network,
                                             const DeviceRunnerOptions& options) {
  const PlanOptions plan{options.precision.value_or(PlanPrecision::kFloat32), {}};
  return std::make_unique<BatchEvaluator>(std::make_shared<const Plan>(network.of(1), plan));
}

}  // namespace

bool all_on_cpu(std::span<Device* const> devices) {
  return std::ranges::all_of(devices, [](Device* device) { return gpu_number(*device) < 0; });
}

std::unique_ptr<BatchRunner> make_device_runner(std::span<Device* const> devices,
                                                const BatchGraph& network,
                                                const DeviceRunnerOptions& options) {
  CHECK(!devices.empty());
  std::vector<std::unique_ptr<BatchRunner>> runners;
  for (Device* const device : devices) {
    const int gpu = gpu_number(*device);
    runners.push_back(gpu < 0 ? make_cpu_runner(network, options)
                              : make_gpu_runner(gpu, network, options));
  }
  if (runners.size() == 1) return std::move(runners.front());
  return std::make_unique<DealtRunner>(std::move(runners));
}

}  // namespace tengen::nn
