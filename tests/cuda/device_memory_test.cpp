#include "nn/cuda/device_memory.h"

#include <thread>

#include "nn/tensor.h"
#include "tests/cuda/device_under_test.h"

namespace tengen::nn {
namespace {

class GpuMemory : public OnGpu<> {};

TEST_F(GpuMemory, WhatIsFreedServesTheNextOfItsSize) {
  DeviceMemory memory(0);
  const void* const first = memory.allocate(1000).get();
  EXPECT_EQ(memory.allocate(990).get(), first);
  EXPECT_NE(memory.allocate(5000).get(), first);
  const size_t held = memory.held_bytes();
  EXPECT_EQ(memory.idle_bytes(), held);
  EXPECT_GE(held, 6000u);
  const auto in_use = memory.allocate(1000);
  memory.release_idle();
  EXPECT_EQ(memory.idle_bytes(), 0u);
  EXPECT_LT(memory.held_bytes(), held);
  EXPECT_GE(memory.held_bytes(), 1000u);
}

TEST_F(GpuMemory, IsAlignedForEveryAccess) {
  DeviceMemory memory(0);
  for (const size_t bytes : {size_t{0}, size_t{1}, size_t{100}, size_t{100000}})
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.allocate(bytes).get()) % 256, 0u);
}

TEST_F(GpuMemory, TensorsMayDieOnAnyThreadAndAfterTheirDevice) {
  auto device = std::make_unique<CudaDevice>(0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int k = 0; k < 20; ++k) {
        Tensor x({64 + i}, *device);
        x.fill(static_cast<float>(k));
        EXPECT_EQ(x.to_vector()[3], static_cast<float>(k));
        std::thread([dies = std::move(x)] {}).join();
      }
    });
  for (std::thread& thread : threads) thread.join();
  Tensor last({3}, *device);
  device.reset();
}

// The freed block serves again while a kernel that reads it still waits in the stream.
TEST_F(GpuMemory, ReuseKeepsTheOrderOfTheStream) {
  Device& device = device_under_test();
  Tensor sum({100000}, device);
  for (int i = 1; i <= 10; ++i) {
    Tensor part = Tensor::uninitialized({100000}, device);
    part.fill(static_cast<float>(i));
    device.axpy(part.size(), 1.0f, part.data(), sum.data());
  }
  for (const float value : sum.to_vector()) ASSERT_EQ(value, 55.0f);
}

}  // namespace
}  // namespace tengen::nn
