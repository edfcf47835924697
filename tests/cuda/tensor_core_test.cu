// The tensor core, a real one or the emulation's, against a product in plain loops, with the
// fragments' layouts written once more from the tables of the PTX ISA.
#include "nn/cuda/tensor_core.h"

#include <gtest/gtest.h>

#include <vector>

#include "nn/base/rng.h"
#include "nn/cuda/launch.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/device_values.h"

namespace tengen::nn {
namespace {

using TensorCore = OnGpu<>;

// PTX ISA, "Matrix fragments for mma.m16n8k16 with floating point type", for element i of a lane.
struct Place {
  int row, column;
};
__device__ Place place_in_left(int lane, int i) {
  return {i < 2 || (i >= 4 && i < 6) ? lane >> 2 : (lane >> 2) + 8,
          i < 4 ? lane % 4 * 2 + (i & 1) : lane % 4 * 2 + (i & 1) + 8};
}
__device__ Place place_in_right(int lane, int i) {
  return {i < 2 ? lane % 4 * 2 + (i & 1) : lane % 4 * 2 + (i & 1) + 8, lane >> 2};
}
__device__ Place place_in_sums(int lane, int i) {
  return {i < 2 ? lane >> 2 : (lane >> 2) + 8, lane % 4 * 2 + (i & 1)};
}

__device__ unsigned pair_of(__half low, __half high) {
  return __half_as_ushort(low) | static_cast<unsigned>(__half_as_ushort(high)) << 16;
}

// sums [16,8] += left [16,16] * right [16,8].
__global__ void product(const __half* left, const __half* right, float* sums) {
  const int lane = static_cast<int>(threadIdx.x);
  LeftFragment l;
  for (int i = 0; i < 4; ++i) {
    const Place low = place_in_left(lane, 2 * i), high = place_in_left(lane, 2 * i + 1);
    l.pairs[i] = pair_of(left[low.row * 16 + low.column], left[high.row * 16 + high.column]);
  }
  RightFragment r;
  for (int i = 0; i < 2; ++i) {
    const Place low = place_in_right(lane, 2 * i), high = place_in_right(lane, 2 * i + 1);
    r.pairs[i] = pair_of(right[low.row * 8 + low.column], right[high.row * 8 + high.column]);
  }
  float mine[4];
  for (int i = 0; i < 4; ++i) {
    const Place at = place_in_sums(lane, i);
    mine[i] = sums[at.row * 8 + at.column];
  }
  multiply_add(l, r, mine);
  for (int i = 0; i < 4; ++i) {
    const Place at = place_in_sums(lane, i);
    sums[at.row * 8 + at.column] = mine[i];
  }
}

// The matrix [16,16] that load_left reads from rows `stride` apart, written by the table of `left`.
__global__ void load(const __half* from, int stride, __half* to) {
  __half* const rows = dynamic_shared<__half>();
  const int lane = static_cast<int>(threadIdx.x);
  for (int i = lane; i < 16 * stride; i += 32) rows[i] = from[i];
  __syncthreads();
  const LeftFragment left = load_left(rows + lane % 16 * stride + lane / 16 * 8);
  for (int i = 0; i < 8; ++i) {
    const Place at = place_in_left(lane, i);
    to[at.row * 16 + at.column] =
        __ushort_as_half(static_cast<unsigned short>(left.pairs[i / 2] >> (i % 2 * 16)));
  }
}

std::vector<float> random_halves(size_t count, uint64_t stream) {
  Rng rng(1, stream);
  std::vector<float> values(count);
  for (float& v : values) v = rounded_to_half(static_cast<float>(2.0 * rng.uniform() - 1.0));
  return values;
}

TEST_F(TensorCore, MultipliesByTheLayoutsOfThePtxIsa) {
  const std::vector<float> left = random_halves(256, 1), right = random_halves(128, 2),
                           before = random_halves(128, 3);
  const DeviceValues<__half> l(left), r(right);
  DeviceValues<float> sums(before);
  launch(product, {dim3(1), dim3(32)}, nullptr, l.data(), r.data(), sums.data());
  const std::vector<float> found = sums.read();
  for (size_t row = 0; row < 16; ++row)
    for (size_t column = 0; column < 8; ++column) {
      double sum = before[row * 8 + column];
      for (size_t k = 0; k < 16; ++k) sum += double{left[row * 16 + k]} * right[k * 8 + column];
      EXPECT_NEAR(found[row * 8 + column], sum, 1e-5) << row << ", " << column;
    }
}

TEST_F(TensorCore, LoadsRowsThatLieApart) {
  const size_t stride = 24;
  const std::vector<float> rows = random_halves(16 * stride, 4);
  const DeviceValues<__half> from(rows);
  DeviceValues<__half> to(std::vector<float>(256));
  launch(load, {dim3(1), dim3(32), 16 * stride * sizeof(__half)}, nullptr, from.data(),
         static_cast<int>(stride), to.data());
  const std::vector<float> found = to.read();
  for (size_t row = 0; row < 16; ++row)
    for (size_t column = 0; column < 16; ++column)
      EXPECT_EQ(found[row * 16 + column], rows[row * stride + column]) << row << ", " << column;
}

}  // namespace
}  // namespace tengen::nn
