// The GPUs of this machine.
#pragma once

#include "nn/devices.h"

namespace tengen::nn {

// Asks the driver; does not start a GPU. The text of a GPU-less status is the reason.
GpuStatus find_gpus();
// Why GPU `index` cannot be used, on one line; empty if it can.
std::string why_no_gpu(int index = 0);

}  // namespace tengen::nn
