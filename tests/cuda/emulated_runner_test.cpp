// Batches on GPUs that the emulation makes small, loses, or has two of.
#include <memory>
#include <string>
#include <vector>

#include "nn/cuda/cuda_runner.h"
#include "nn/infer/deal.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/emulation/runtime.h"
#include "tests/cuda/gpu_batches.h"

namespace tengen::nn {
namespace {

class EmulatedRunner : public testing::Test {
 protected:
  ~EmulatedRunner() override { emulation::faults() = {}; }

  CudaRunnerOptions options(int64_t most_rows) {
    return {.precision = PlanPrecision::kFloat32,
            .most_rows = most_rows,
            .tell = [this](const std::string& line) { told_.push_back(line); }};
  }
  std::vector<std::string> told_;
};

TEST_F(EmulatedRunner, BatchesAreHalvedWherePlansDoNotFit) {
  const BatchGraph network = small_network(2);
  cuda_device(0);
  size_t enough;
  {
    const CudaRunner small(0, network, options(8));
    enough = emulation::allocated_bytes();
  }
  emulation::faults().memory_limit = enough + (256 << 10);
  CudaRunner runner(0, network, options(128));
  const int64_t fits = runner.preferred_rows();
  EXPECT_LT(fits, 128);
  GoRows rows(fits + 3);
  runner.start(rows.job())->wait();
  rows.expect_from(network, 1e-4f);
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_NE(told_[0].find("128"), std::string::npos) << told_[0];
  EXPECT_EQ(told_[0].find('\n'), std::string::npos);
}

TEST_F(EmulatedRunner, BatchesAreHalvedInMidRun) {
  const BatchGraph network = small_network(2);
  CudaRunner runner(0, network, options(32));
  GoRows first(32);
  const auto under_way = runner.start(first.job());
  emulation::faults().memory_limit = emulation::allocated_bytes() + 1000;
  GoRows second(32, 5);
  runner.start(second.job())->wait();
  under_way->wait();
  first.expect_from(network, 1e-4f);
  second.expect_from(network, 1e-4f);
  EXPECT_LT(runner.preferred_rows(), 32);
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(EmulatedRunner, ADeviceThatHasNoRoomForOneRowIsAnError) {
  emulation::faults().memory_limit = emulation::allocated_bytes() + 1000;
  EXPECT_THROW(CudaRunner(0, small_network(2), options(8)), OutOfDeviceMemory);
}

TEST_F(EmulatedRunner, ALostDeviceIsToldToTheCaller) {
  const BatchGraph network = small_network(2);
  CudaRunner runner(0, network, options(8));
  GoRows first(8), second(8);
  auto under_way = runner.start(first.job());
  emulation::faults().lost = cudaErrorIllegalAddress;
  EXPECT_THROW(under_way->wait(), DeviceLost);
  EXPECT_THROW(runner.start(second.job()), DeviceLost);
  under_way.reset();
  EXPECT_EQ(first.rows[0].finished, 0);
  EXPECT_TRUE(told_.empty());
}

TEST_F(EmulatedRunner, BatchesAreDealtOverTwoGpus) {
  emulation::faults().devices = 2;
  const BatchGraph network = small_network(2);
  std::vector<std::unique_ptr<BatchRunner>> both;
  for (const int device : {0, 1})
    both.push_back(std::make_unique<CudaRunner>(device, network, options(8)));
  DealtRunner dealt(std::move(both));
  GoRows first(16), second(5);
  const auto one = dealt.start(first.job());
  const auto two = dealt.start(second.job());
  two->wait();
  one->wait();
  first.expect_from(network, 1e-4f);
  second.expect_from(network, 1e-4f);
}

}  // namespace
}  // namespace tengen::nn
