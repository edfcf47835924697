// The BatchRunner of a device, for callers who need not know what a GPU is.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "nn/device.h"
#include "nn/infer/batch_runner.h"

namespace tengen::nn {

struct DeviceRunnerOptions {
  // Nothing: float16 on a GPU, float32 on the CPU. A GPU runs any reduced precision as float16; the
  // CPU's int16 needs calibration, which only a BatchEvaluator's own plans have.
  std::optional<PlanPrecision> precision = std::nullopt;
  // A GPU's batches are at most so many rows; more are run one batch after the other.
  int64_t most_rows = 512;
  // Told once, in one line, that batches had to be made smaller for lack of device memory; nobody:
  // standard error.
  std::function<void(const std::string& line)> tell = nullptr;
};

// Whether none of them is a GPU.
bool all_on_cpu(std::span<Device* const> devices);

// Batches are dealt over several devices; the same one may be named more than once.
std::unique_ptr<BatchRunner> make_device_runner(std::span<Device* const> devices,
                                                const BatchGraph& network,
                                                const DeviceRunnerOptions& options = {});

}  // namespace tengen::nn
