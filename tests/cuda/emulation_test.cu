// The emulation itself: what a GPU does to kernels, streams and graphs, and what it would not
// forgive.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "nn/cuda/handles.h"
#include "nn/cuda/launch.h"

namespace tengen::nn {
namespace {

// sums[block] = the sum of the block's 256 numbers, by shuffles, then through shared memory.
__global__ void sum_blocks(const float* x, float* sums) {
  __shared__ float partial[8];
  float sum = x[blockIdx.x * blockDim.x + threadIdx.x];
  for (int by = 16; by > 0; by /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, by);
  if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    float total = 0.0f;
    for (float p : partial) total += p;
    sums[blockIdx.x] = total;
  }
}

__global__ void half_waits() {
  if (threadIdx.x < 16) __syncthreads();
}

__global__ void write_at(float* x, int i) { x[i] = 1.0f; }

__global__ void add_one(float* x) { x[threadIdx.x] += 1.0f; }

class Emulation : public testing::Test {
 protected:
  float* device_floats(size_t count) {
    void* pointer;
    CUDA_CHECK(cudaMalloc(&pointer, count * sizeof(float)));
    return static_cast<float*>(pointer);
  }
  std::vector<float> read(const float* from, size_t count) {
    std::vector<float> out(count);
    CUDA_CHECK(cudaMemcpyAsync(out.data(), from, count * sizeof(float), cudaMemcpyDeviceToHost,
                               stream_.get()));
    CUDA_CHECK(cudaStreamSynchronize(stream_.get()));
    return out;
  }
  Stream stream_ = make_stream();
};

TEST_F(Emulation, ThreadsMeetAtShufflesAndBarriers) {
  std::vector<float> x(3 * 256);
  std::iota(x.begin(), x.end(), 0.0f);
  float *from = device_floats(x.size()), *to = device_floats(3);
  CUDA_CHECK(cudaMemcpyAsync(from, x.data(), x.size() * sizeof(float), cudaMemcpyHostToDevice,
                             stream_.get()));
  launch(sum_blocks, {dim3(3), dim3(256)}, stream_.get(), from, to);
  const std::vector<float> sums = read(to, 3);
  for (size_t block = 0; block < 3; ++block)
    EXPECT_EQ(sums[block],
              std::accumulate(x.begin() + block * 256, x.begin() + (block + 1) * 256, 0.0f));
  CUDA_CHECK(cudaFree(from));
  CUDA_CHECK(cudaFree(to));
}

TEST_F(Emulation, ABarrierThatSomeThreadsMissIsAnError) {
  launch(half_waits, {dim3(1), dim3(32)}, stream_.get());
  EXPECT_THROW(cudaStreamSynchronize(stream_.get()), CheckFailure);
}

TEST_F(Emulation, WorkWaitsUntilSomebodySynchronises) {
  float* const x = device_floats(1);
  std::vector<float> out(1, -1.0f);
  launch(write_at, {dim3(1), dim3(1)}, stream_.get(), x, 0);
  CUDA_CHECK(cudaMemcpyAsync(out.data(), x, sizeof(float), cudaMemcpyDeviceToHost, stream_.get()));
  EXPECT_EQ(out[0], -1.0f);
  CUDA_CHECK(cudaStreamSynchronize(stream_.get()));
  EXPECT_EQ(out[0], 1.0f);
  CUDA_CHECK(cudaFree(x));
}

TEST_F(Emulation, AWriteBesideAnAllocationIsFoundWhenItIsFreed) {
  float* const x = device_floats(4);
  launch(write_at, {dim3(1), dim3(1)}, stream_.get(), x, 4);
  EXPECT_THROW(cudaFree(x), CheckFailure);
}

TEST_F(Emulation, AnEventHoldsAnotherStreamBack) {
  const Stream other = make_stream();
  const Event written = make_event();
  float* const x = device_floats(1);
  launch(write_at, {dim3(1), dim3(1)}, other.get(), x, 0);
  CUDA_CHECK(cudaEventRecord(written.get(), other.get()));
  CUDA_CHECK(cudaStreamWaitEvent(stream_.get(), written.get(), 0));
  EXPECT_EQ(read(x, 1)[0], 1.0f);
  CUDA_CHECK(cudaFree(x));
}

TEST_F(Emulation, ACapturedGraphRunsEachTimeItIsLaunched) {
  float* const x = device_floats(2);
  CUDA_CHECK(cudaMemsetAsync(x, 0, 2 * sizeof(float), stream_.get()));
  CUDA_CHECK(cudaStreamBeginCapture(stream_.get(), cudaStreamCaptureModeThreadLocal));
  launch(add_one, {dim3(1), dim3(2)}, stream_.get(), x);
  cudaGraph_t captured;
  CUDA_CHECK(cudaStreamEndCapture(stream_.get(), &captured));
  const CapturedGraph graph(captured);
  cudaGraphExec_t instance;
  CUDA_CHECK(cudaGraphInstantiate(&instance, graph.get(), 0));
  const ExecutableGraph executable(instance);
  for (int i = 0; i < 3; ++i) CUDA_CHECK(cudaGraphLaunch(executable.get(), stream_.get()));
  EXPECT_EQ(read(x, 2), (std::vector<float>{3.0f, 3.0f}));
  CUDA_CHECK(cudaFree(x));
}

TEST_F(Emulation, TheHostMayNotTouchDeviceMemory) {
  float* const x = device_floats(1);
  EXPECT_DEATH(x[0] = 1.0f, "");
  CUDA_CHECK(cudaFree(x));
}

TEST_F(Emulation, AKernelMayNotBeGivenHostMemory) {
  std::vector<float> x(2);
  EXPECT_THROW(launch(write_at, {dim3(1), dim3(1)}, stream_.get(), x.data(), 0), CheckFailure);
  const PinnedMemory pinned(2 * sizeof(float));
  launch(write_at, {dim3(1), dim3(1)}, stream_.get(), pinned.as<float>(), 1);
  CUDA_CHECK(cudaStreamSynchronize(stream_.get()));
  EXPECT_EQ(pinned.as<float>()[1], 1.0f);
}

TEST_F(Emulation, FaultsComeAsErrorsThatNameTheCall) {
  emulation::faults().memory_limit = 1000;
  EXPECT_THROW(device_floats(1000), OutOfDeviceMemory);
  emulation::faults() = {};
  emulation::faults().lost = cudaErrorIllegalAddress;
  try {
    device_floats(1);
    ADD_FAILURE() << "a lost device gave memory";
  } catch (const DeviceLost& error) {
    EXPECT_NE(std::string(error.what()).find("cudaMalloc"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("cudaErrorIllegalAddress"), std::string::npos);
  }
  emulation::faults() = {};
}

}  // namespace
}  // namespace tengen::nn
