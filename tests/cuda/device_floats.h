// Floats on the device for tests: copied there and back.
#pragma once

#include <vector>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {

class DeviceFloats {
 public:
  // `offset` floats beyond what cudaMalloc aligns.
  explicit DeviceFloats(const std::vector<float>& values, size_t offset = 0)
      : size_(values.size()), offset_(offset) {
    CUDA_CHECK(cudaMalloc(&memory_, (size_ + offset_ + 1) * sizeof(float)));
    set(values);
  }
  ~DeviceFloats() { static_cast<void>(cudaFree(memory_)); }
  DeviceFloats(const DeviceFloats&) = delete;
  DeviceFloats& operator=(const DeviceFloats&) = delete;

  float* data() const { return static_cast<float*>(memory_) + offset_; }
  void set(const std::vector<float>& values) {
    CUDA_CHECK(cudaMemcpy(data(), values.data(), size_ * sizeof(float), cudaMemcpyHostToDevice));
    CUDA_CHECK(cudaStreamSynchronize(nullptr));  // a copy from pageable memory may return before
  }
  // What stands there once everything queued is done.
  std::vector<float> read() const {
    std::vector<float> values(size_);
    CUDA_CHECK(cudaDeviceSynchronize());
    CUDA_CHECK(cudaMemcpy(values.data(), data(), size_ * sizeof(float), cudaMemcpyDeviceToHost));
    return values;
  }

 private:
  size_t size_, offset_;
  void* memory_ = nullptr;
};

}  // namespace tengen::nn
