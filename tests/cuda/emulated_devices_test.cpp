// Machines without a GPU that can be used.
#include <gtest/gtest.h>

#include "nn/base/check.h"
#include "nn/devices.h"
#include "tests/cuda/emulation/runtime.h"

namespace tengen::nn {
namespace {

class WithoutGpu : public testing::Test {
 protected:
  ~WithoutGpu() override { emulation::faults() = {}; }
  static std::string why() {
    try {
      device_named("cuda:0");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(WithoutGpu, AutoIsTheCpuAndTheReasonIsOneLine) {
  emulation::faults().no_device = cudaErrorNoDevice;
  EXPECT_EQ(&device_named("auto"), &cpu_device());
  EXPECT_NE(why().find("no GPU was found"), std::string::npos) << why();
  EXPECT_EQ(why().find('\n'), std::string::npos);
}

TEST_F(WithoutGpu, ADriverOlderThanTheToolkitIsToldWithBothVersions) {
  emulation::faults().no_device = cudaErrorInsufficientDriver;
  EXPECT_EQ(&device_named("auto"), &cpu_device());
  EXPECT_NE(why().find("the driver is made for CUDA 12.8"), std::string::npos) << why();
  EXPECT_NE(why().find("newer driver"), std::string::npos) << why();
  EXPECT_TRUE(gpu_status().names.empty());
}

}  // namespace
}  // namespace tengen::nn
