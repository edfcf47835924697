// What the GPU's faults look like from above, set in the emulation.
#include <gtest/gtest.h>

#include "nn/cuda/cuda_check.h"
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/gpus.h"
#include "nn/tensor.h"
#include "tests/cuda/emulation/runtime.h"

namespace tengen::nn {
namespace {

class GpuFaults : public testing::Test {
 protected:
  ~GpuFaults() override { emulation::faults() = {}; }
};

template <class Exception>
std::string text_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

void expect_parts(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(GpuFaults, OutOfMemorySaysWhatWasAskedForHeldAndFree) {
  CudaDevice device(0);
  emulation::faults().memory_limit = emulation::allocated_bytes() + (100 << 20);
  const auto held = device.allocate(64 << 20);
  expect_parts(text_of<OutOfDeviceMemory>([&] { device.allocate(48 << 20); }),
               {"device_memory.cpp:", "cudaMalloc", "GPU 0", "asked for 48 MiB", "held here 64 MiB",
                "free 36 MiB", "smaller batch"});
  const auto smaller = device.allocate(24 << 20);  // it goes on
  EXPECT_NE(smaller, nullptr);
}

TEST_F(GpuFaults, IdleMemoryGoesBackBeforeAnAllocationFails) {
  CudaDevice device(0);
  emulation::faults().memory_limit = emulation::allocated_bytes() + (100 << 20);
  device.allocate(64 << 20);  // and free at once
  EXPECT_EQ(device.memory().idle_bytes(), size_t{64} << 20);
  const auto other = device.allocate(80 << 20);
  EXPECT_EQ(device.memory().idle_bytes(), 0u);
}

TEST_F(GpuFaults, ALostDeviceIsReportedWithTheCallAndItsTensorsStillDie) {
  CudaDevice device(0);
  Tensor x({100}, device);
  device.synchronize();
  emulation::faults().lost = cudaErrorIllegalAddress;
  expect_parts(text_of<DeviceLost>([&] { x.to_vector(); }),
               {"cuda_device.cpp:", "cudaMemcpyAsync", "cudaErrorIllegalAddress"});
  expect_parts(text_of<DeviceLost>([&] { x.fill(1.0f); }), {"cudaErrorIllegalAddress"});
}

TEST_F(GpuFaults, ADeviceIsNotMadeOfAGpuThatIsNotThere) {
  EXPECT_EQ(why_no_gpu(), "");
  EXPECT_EQ(why_no_gpu(1), "there is no cuda:1; the last is cuda:0");
  emulation::faults().no_device = cudaErrorNoDevice;
  expect_parts(text_of<CudaError>([] { CudaDevice device(0); }), {"no GPU was found"});
}

}  // namespace
}  // namespace tengen::nn
