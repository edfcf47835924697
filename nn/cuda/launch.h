// How kernels are started and how they reach memory that a block shares. Kernels keep to C++ and
// the words of cuda_runtime.h beyond this header and tensor_core.h, so that tests/cuda can run
// them without a GPU: it puts headers of its own in the place of these two.
#pragma once

#include <cuda_runtime.h>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {

struct LaunchShape {
  dim3 grid, block;
  size_t shared_bytes = 0;  // of dynamic_shared
};

// Queues kernel(arguments...) on `stream` of the current device. More than 48 KB of shared memory
// must be allowed first, by allow_shared_memory.
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), const LaunchShape& shape, cudaStream_t stream,
            Arguments&&... arguments) {
  cudaLaunchConfig_t config{};
  config.gridDim = shape.grid;
  config.blockDim = shape.block;
  config.dynamicSmemBytes = shape.shared_bytes;
  config.stream = stream;
  CUDA_CHECK(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...));
}

// And as much of it for a multiprocessor as there is, at the cost of L1 cache, so that several
// blocks find room.
template <class... Parameters>
void allow_shared_memory(void (*kernel)(Parameters...), size_t bytes) {
  const void* const function = reinterpret_cast<const void*>(kernel);
  CUDA_CHECK(cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                  static_cast<int>(bytes)));
  CUDA_CHECK(cudaFuncSetAttribute(function, cudaFuncAttributePreferredSharedMemoryCarveout,
                                  cudaSharedmemCarveoutMaxShared));
}

// The shared_bytes of the launch, aligned to 16.
template <class T>
__device__ T* dynamic_shared() {
  extern __shared__ uint4 tengen_dynamic_shared[];
  return reinterpret_cast<T*>(tengen_dynamic_shared);
}

}  // namespace tengen::nn
