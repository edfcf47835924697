// The GPU that the tests run on: a real one, or the emulation where they are linked with that.
// Without either they are skipped, with CUDA's reason.
#pragma once

#include <gtest/gtest.h>

#include "nn/cuda/cuda_device.h"
#include "nn/cuda/gpus.h"

namespace tengen::nn {

// With products in full float32.
inline CudaDevice& device_under_test() {
  static CudaDevice& device = *new CudaDevice(0, {.tf32 = false});
  return device;
}

// A fixture, or Base with what a GPU's test begins with.
template <class Base = testing::Test>
class OnGpu : public Base {
 protected:
  void SetUp() override {
    const std::string reason = why_no_gpu();
    if (!reason.empty()) GTEST_SKIP() << "no GPU: " << reason;
    device_under_test().memory().release_idle();  // each test begins as if alone
  }
};

}  // namespace tengen::nn
