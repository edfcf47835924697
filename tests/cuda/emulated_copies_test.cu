// Copies into shared memory on the emulated GPU, which shows them no sooner than it must.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "nn/base/check.h"
#include "nn/cuda/launch.h"
#include "nn/cuda/tensor_core.h"
#include "tests/cuda/device_values.h"

namespace tengen::nn {
namespace {

// Copies two groups of 16 bytes a thread and writes what it finds having waited for the first.
__global__ void copy_twice(const float* from, float* to) {
  float* const shared = dynamic_shared<float>();
  const int first = 4 * static_cast<int>(threadIdx.x), second = first + 4 * 32;
  begin_copy(shared + first, from + first);
  end_copy_group();
  begin_copy(shared + second, from + second);
  end_copy_group();
  wait_for_copies<1>();
  for (int i = 0; i < 4; ++i) to[first + i] = shared[first + i];
  for (int i = 0; i < 4; ++i) to[second + i] = shared[second + i];
  wait_for_copies<0>();
  for (int i = 0; i < 4; ++i) to[second + i + 4 * 32] = shared[second + i];
}

__global__ void copy_and_leave(const float* from) {
  begin_copy(dynamic_shared<float>() + 4 * threadIdx.x, from + 4 * threadIdx.x);
  end_copy_group();
}

TEST(EmulatedCopies, AreThereOnceTheirGroupIsWaitedFor) {
  std::vector<float> values(256);
  std::iota(values.begin(), values.end(), 0.0f);
  const DeviceValues<float> from(values);
  DeviceValues<float> to(std::vector<float>(384));
  launch(copy_twice, {dim3(1), dim3(32), 1024}, nullptr, from.data(), to.data());
  const std::vector<float> found = to.read();
  for (size_t i = 0; i < 128; ++i) {
    EXPECT_EQ(found[i], values[i]);
    EXPECT_TRUE(std::isnan(found[128 + i]));
    EXPECT_EQ(found[256 + i], values[128 + i]);
  }
}

TEST(EmulatedCopies, ThatNobodyWaitsForAreAnError) {
  const DeviceValues<float> from(std::vector<float>(128));
  launch(copy_and_leave, {dim3(1), dim3(32), 512}, nullptr, from.data());
  EXPECT_THROW(cudaDeviceSynchronize(), CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
