// Numbers on the device for tests: copied there, rounded to the type they have there, and back.
#pragma once

#include <cuda_fp16.h>

#include <vector>

#include "nn/cuda/cuda_check.h"
#include "nn/cuda/handles.h"

namespace tengen::nn {

inline float rounded_to_half(float x) { return __half2float(__float2half(x)); }

template <class T>
class DeviceValues {
 public:
  explicit DeviceValues(const std::vector<float>& values) : size_(values.size()) {
    const std::vector<T> there(values.begin(), values.end());
    void* memory;
    CUDA_CHECK(cudaMalloc(&memory, size_ * sizeof(T)));
    memory_ = CudaHandle<void*, cudaFree>(memory);
    CUDA_CHECK(cudaMemcpy(memory, there.data(), size_ * sizeof(T), cudaMemcpyHostToDevice));
  }

  T* data() const { return static_cast<T*>(memory_.get()); }
  // What stands there once everything queued is done.
  std::vector<float> read() const {
    std::vector<T> there(size_);
    CUDA_CHECK(cudaDeviceSynchronize());
    CUDA_CHECK(cudaMemcpy(there.data(), data(), size_ * sizeof(T), cudaMemcpyDeviceToHost));
    return std::vector<float>(there.begin(), there.end());
  }

 private:
  size_t size_;
  CudaHandle<void*, cudaFree> memory_;
};

}  // namespace tengen::nn
