// Devices by name, with and without a GPU.
#include "nn/devices.h"

#include "nn/base/check.h"
#include "tests/cuda/device_under_test.h"

namespace tengen::nn {
namespace {

using Devices = OnGpu<>;

TEST_F(Devices, AutoIsTheFirstGpu) {
  EXPECT_EQ(&device_named("auto"), &device_named("cuda:0"));
  EXPECT_EQ(&device_named("cuda"), &device_named("cuda:0"));
  EXPECT_EQ(&device_named("cpu"), &cpu_device());
  EXPECT_NE(gpu_status().text.find(gpu_status().names[0]), std::string::npos);
}

TEST_F(Devices, AGpuTooManyAndAnotherNameAreErrorsThatSayWhatThereIs) {
  for (const auto& [name, says] : {std::pair{"cuda:99", "the last is cuda:"},
                                   {"cuda:-1", "known are"},
                                   {"cuda:1x", "known are"},
                                   {"gpu", "auto, cpu and cuda:N"}}) {
    try {
      device_named(name);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(says), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace tengen::nn
