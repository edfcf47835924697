// Numbers that a kernel reads and nobody changes, on the current device.
#pragma once

#include <vector>

#include "nn/cuda/cuda_check.h"
#include "nn/cuda/handles.h"

namespace tengen::nn {

template <class T>
class DeviceArray {
 public:
  // There once this returns, for every stream.
  explicit DeviceArray(const std::vector<T>& values) {
    void* memory;
    CUDA_CHECK(cudaMalloc(&memory, values.size() * sizeof(T)));
    memory_ = CudaHandle<void*, cudaFree>(memory);
    CUDA_CHECK(
        cudaMemcpy(memory, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
    CUDA_CHECK(cudaStreamSynchronize(nullptr));  // a copy from pageable memory may return before
  }
  const T* data() const { return static_cast<const T*>(memory_.get()); }

 private:
  CudaHandle<void*, cudaFree> memory_;
};

}  // namespace tengen::nn
