// cuDNN's fused convolution in half precision against the reference device, from the same numbers
// rounded to half.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>

#include "nn/cuda/half_convolution.h"
#include "nn/cuda/handles.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/device_values.h"
#include "tests/cuda/half_oracle.h"

namespace tengen::nn {
namespace {

struct Extras {
  bool bias = true, row_bias = false, residual = false, relu = false;
  bool keeps_y = true, then = false, then_relu = false;
};

class CudnnHalfConvolutionTest : public OnGpu<> {
 protected:
  static HalfConvolutionParts parts_of(HalfNumbers& numbers, const Conv2dShape& shape,
                                       const Extras& extras) {
    HalfConvolutionParts parts = numbers.parts(shape);
    if (!extras.bias) parts.bias.clear();
    parts.has_row_bias = extras.row_bias;
    parts.has_residual = extras.residual;
    parts.relu = extras.relu;
    parts.keeps_y = extras.keeps_y;
    parts.then_relu = extras.then_relu;
    if (!extras.then) parts.factor.clear(), parts.term.clear();
    return parts;
  }

  // Runs the convolution and compares everything that it makes; the residual is overwritten with y.
  void check(const Conv2dShape& shape, const Extras& extras) {
    SCOPED_TRACE(testing::Message()
                 << shape.in << " -> " << shape.out << ", kernel " << shape.kernel_h << "; "
                 << extras.bias << extras.row_bias << extras.residual << extras.relu
                 << extras.keeps_y << extras.then << extras.then_relu);
    HalfNumbers numbers(static_cast<uint64_t>(shape.in * 1000 + shape.out));
    const HalfConvolutionParts parts = parts_of(numbers, shape, extras);
    const auto size = [](int64_t n) { return static_cast<size_t>(n); };
    const size_t y_size = size(shape.n * shape.out_height() * shape.out_width() * shape.out);
    const auto x = numbers.values(size(shape.n * shape.height * shape.width * shape.in));
    const auto row_bias = numbers.values(size(shape.n * shape.out));
    const auto residual = numbers.values(y_size);
    const std::vector<float> none, nan(y_size, NAN);
    const HalfResults expected = expected_results(parts, x, extras.row_bias ? row_bias : none,
                                                  extras.residual ? residual : none);
    const auto convolution = make_cudnn_half_convolution(parts);
    ASSERT_NE(convolution, nullptr);
    const DeviceValues<__half> at_x(x), at_row(row_bias), then_y(nan);
    const DeviceValues<__half> y(extras.residual ? residual : nan);
    HalfConvolutionCall call{.x = at_x.data()};
    if (extras.row_bias) call.row_bias = at_row.data();
    if (extras.residual) call.residual = y.data();
    if (extras.keeps_y) call.y = y.data();
    if (extras.then) call.then_y = then_y.data();
    const Stream stream = make_stream();
    convolution->run(call, stream.get());
    if (extras.keeps_y) expect_near(y.read(), expected.y);
    if (!extras.then) return;
    if (!extras.keeps_y) return expect_near(then_y.read(), expected.then_y);
    // It may come from y as it was rounded.
    const std::vector<float> found = then_y.read();
    for (size_t i = 0; i < y_size; ++i) {
      const float y_then = expected.y[i] * parts.factor[i % size(shape.out)];
      EXPECT_NEAR(found[i], expected.then_y[i],
                  (std::abs(y_then) + std::abs(expected.then_y[i])) * 0x1p-11 + 2e-4)
          << i;
    }
  }

  static constexpr int64_t kBoard = 5;
  static Conv2dShape board(int64_t in, int64_t out, int64_t kernel = 3) {
    return {.n = 2,
            .height = kBoard,
            .width = kBoard,
            .in = in,
            .out = out,
            .kernel_h = kernel,
            .kernel_w = kernel,
            .padding = kernel / 2};
  }
};

TEST_F(CudnnHalfConvolutionTest, AllThatMayFollowEqualsReference) {
  for (int flags = 0; flags < 16; ++flags)
    check(board(6, 8), {(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0});
  for (const bool keeps_y : {false, true})
    for (const bool then_relu : {false, true}) {
      check(board(6, 8), {.bias = false,
                          .residual = true,
                          .keeps_y = keeps_y,
                          .then = true,
                          .then_relu = then_relu});
      check(board(6, 8), {.relu = true, .keeps_y = keeps_y, .then = true, .then_relu = then_relu});
    }
}

TEST_F(CudnnHalfConvolutionTest, KernelsOfOtherSizesAreKnown) {
  check(board(22, 16, 5), {.relu = true});
  check(board(16, 1, 1), {.bias = false});
  Conv2dShape grouped = board(8, 8);
  grouped.groups = 2, grouped.dilation = 2, grouped.padding = 2;
  check(grouped, {.residual = true});
}

TEST_F(CudnnHalfConvolutionTest, ARunCanBeCaptured) {
  HalfNumbers numbers(2);
  const Conv2dShape shape = board(4, 4);
  const HalfConvolutionParts parts = parts_of(numbers, shape, {});
  const auto x = numbers.values(static_cast<size_t>(shape.n * kBoard * kBoard * shape.in));
  const auto convolution = make_cudnn_half_convolution(parts);
  const DeviceValues<__half> at_x(x), y(std::vector<float>(x.size(), NAN));
  const Stream stream = make_stream();
  CUDA_CHECK(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal));
  convolution->run({.x = at_x.data(), .y = y.data()}, stream.get());
  cudaGraph_t captured;
  CUDA_CHECK(cudaStreamEndCapture(stream.get(), &captured));
  const CapturedGraph graph(captured);
  EXPECT_TRUE(std::isnan(y.read()[0]));
  cudaGraphExec_t instance;
  CUDA_CHECK(cudaGraphInstantiate(&instance, graph.get(), 0));
  const ExecutableGraph executable(instance);
  CUDA_CHECK(cudaGraphLaunch(executable.get(), stream.get()));
  CUDA_CHECK(cudaStreamSynchronize(stream.get()));
  expect_near(y.read(), expected_results(parts, x, {}, {}).y);
}

}  // namespace
}  // namespace tengen::nn
