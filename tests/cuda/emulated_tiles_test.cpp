// How the own convolution and trunk cut their work for a device, on the emulated GPU, which has
// four multiprocessors and can have another chip's limits.
#include <gtest/gtest.h>

#include <string>

#include "tests/cuda/emulation/runtime.h"
#include "tests/cuda/half_oracle.h"
#include "tests/cuda/trunk_layers.h"

namespace tengen::nn {
namespace {

std::string convolution_for(const Conv2dShape& shape) {
  HalfNumbers numbers(1);
  const auto convolution = make_own_half_convolution(numbers.parts(shape));
  return convolution ? convolution->name() : "none";
}

std::string trunk_for(const Conv2dShape& shape) {
  HalfNumbers numbers(2);
  const Layers run = blocks_that_end_in_a_rectifier(numbers, shape, 1);
  const auto trunk = make_own_trunk(run.layers, run.outputs);
  return trunk ? trunk->name() : "none";
}

class EmulatedTiles : public testing::Test {
 protected:
  ~EmulatedTiles() override { emulation::faults() = {}; }
};

TEST_F(EmulatedTiles, AreLargeForLargeBatches) {
  EXPECT_EQ(convolution_for(board(1, 9, 9, 16, 32)), "own 64x32");
  EXPECT_EQ(convolution_for(board(100, 9, 9, 16, 32)), "own 256x32");
  EXPECT_EQ(trunk_for(board(4, 9, 9, 32, 32)), "own trunk of 2, 1 positions a block");
  EXPECT_EQ(trunk_for(board(23, 9, 9, 48, 48)), "own trunk of 2, 3 positions a block");
}

// The limits of other chips: 163 KB of shared memory in a block at compute capability 8.0, 99 from
// 8.6 on, and no copies beside the computation before.
TEST_F(EmulatedTiles, FitTheDevice) {
  const Conv2dShape big = board(100, 19, 19, 256, 64), small = board(100, 9, 9, 96, 96);
  EXPECT_EQ(convolution_for(big), "own 256x64");
  EXPECT_EQ(trunk_for(small), "own trunk of 2, 3 positions a block");
  emulation::faults().most_shared_bytes = 163 << 10;
  EXPECT_EQ(trunk_for(small), "own trunk of 2, 3 positions a block");
  emulation::faults().most_shared_bytes = 99 << 10;
  EXPECT_EQ(convolution_for(big), "own 64x64");
  EXPECT_EQ(trunk_for(small), "own trunk of 2, 2 positions a block");
  emulation::faults().compute_major = 7;
  EXPECT_EQ(convolution_for(big), "none");
  EXPECT_EQ(trunk_for(small), "none");
}

TEST_F(EmulatedTiles, MakeOneLaunchOfATrunk) {
  HalfNumbers numbers(3);
  const Layers run = blocks_that_end_in_a_rectifier(numbers, board(2, 5, 5, 16, 16), 2);
  const auto trunk = make_own_trunk(run.layers, run.outputs);
  const DeviceValues<__half> x(numbers.values(2 * 25 * 16)), y(numbers.values(2 * 25 * 16));
  const size_t launches = emulation::launches();
  trunk->run(std::vector<const __half*>{x.data()}, std::vector<__half*>{y.data()}, nullptr);
  EXPECT_EQ(emulation::launches(), launches + 1);
  CUDA_CHECK(cudaDeviceSynchronize());
}

}  // namespace
}  // namespace tengen::nn
