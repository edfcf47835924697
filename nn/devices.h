// Devices by the names that users give them: "cpu", "cuda:0", "auto".
#pragma once

#include <string>
#include <vector>

#include "nn/device.h"

namespace tengen::nn {

// "cpu": the fast CPU device. "cuda" or "cuda:N": the N-th GPU. "auto": the first GPU, or the CPU
// where there is none. Another name, and a GPU that cannot be used, is an Error that says why.
Device& device_named(const std::string& name);

// The GPUs of this machine.
struct GpuStatus {
  std::vector<std::string> names;  // "NVIDIA H200"
  // In one line: "CUDA 13.0, cuDNN 9.19: NVIDIA H200 (139 GiB)", or why there is none.
  std::string text;
  bool compiled_in = true;
};
GpuStatus gpu_status();

}  // namespace tengen::nn
