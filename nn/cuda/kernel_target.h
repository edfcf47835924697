#pragma once

#include <cuda_runtime_api.h>

namespace tengen::nn {

// A device, its stream, and how many blocks it works at side by side.
struct KernelTarget {
  int device = 0;
  int processors = 1;
  cudaStream_t stream = nullptr;
};

}  // namespace tengen::nn
