// Which of cuDNN's engines serve a fused convolution in half precision.
#include <gtest/gtest.h>

#include "nn/cuda/half_convolution.h"
#include "nn/cuda/handles.h"
#include "tests/cuda/device_values.h"
#include "tests/cuda/emulation/cudnn_double.h"
#include "tests/cuda/half_oracle.h"

namespace tengen::nn {
namespace {

class HalfConvolutionPlans : public testing::Test {
 protected:
  void SetUp() override { emulation::reset_cudnn_double(); }
  ~HalfConvolutionPlans() override { emulation::reset_cudnn_double(); }
};

// cuDNN has ready kernels for a bias in half precision, behind the residual.
TEST_F(HalfConvolutionPlans, ABiasInHalfPrecisionFindsItsOwnEngine) {
  std::erase_if(emulation::cudnn_double().engines,
                [](const auto& engine) { return engine.compiled; });
  HalfNumbers numbers(1);
  const Conv2dShape shape{.n = 2, .height = 5, .width = 5, .in = 8, .out = 8};
  HalfConvolutionParts parts = numbers.parts(shape);
  parts.factor.clear(), parts.term.clear();
  parts.has_residual = parts.relu = true;
  const auto convolution = make_cudnn_half_convolution(parts);
  ASSERT_NE(convolution, nullptr);
  EXPECT_EQ(convolution->name(), "cudnn engine 41");
  const auto x = numbers.values(2 * 25 * 8), residual = numbers.values(2 * 25 * 8);
  const DeviceValues<__half> at_x(x), y(residual);
  const Stream stream = make_stream();
  convolution->run({.x = at_x.data(), .residual = y.data(), .y = y.data()}, stream.get());
  expect_near(y.read(), expected_results(parts, x, {}, residual).y);
}

TEST_F(HalfConvolutionPlans, WhereCudnnHasNoEngineThereIsNone) {
  emulation::cudnn_double().engines.clear();
  HalfNumbers numbers(1);
  EXPECT_EQ(make_cudnn_half_convolution(
                numbers.parts({.n = 2, .height = 5, .width = 5, .in = 8, .out = 8})),
            nullptr);
}

}  // namespace
}  // namespace tengen::nn
