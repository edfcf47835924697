// Tengen's own convolution against the reference device, from the same numbers rounded to half.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "nn/base/rng.h"
#include "nn/cuda/half_convolution.h"
#include "nn/device.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/device_values.h"
#include "tests/cuda/half_oracle.h"

namespace tengen::nn {
namespace {

using OwnConvolution = OnGpu<>;

struct Extras {
  bool bias = true, row_bias = false, residual = false, relu = false;
  bool keeps_y = true, then = false, then_relu = false;
};

// Runs the convolution and compares everything that it makes.
void check(const Conv2dShape& shape, const Extras& extras = {}, int tile_pixels = 0) {
  SCOPED_TRACE(testing::Message() << shape.n << " x " << shape.height << " x " << shape.width
                                  << ", " << shape.in << " -> " << shape.out << ", kernel "
                                  << shape.kernel_h << "; " << extras.bias << extras.row_bias
                                  << extras.residual << extras.relu << extras.keeps_y << extras.then
                                  << extras.then_relu);
  HalfNumbers numbers(static_cast<uint64_t>(shape.n * 1000 + shape.in + shape.out));
  HalfConvolutionParts parts = numbers.parts(shape);
  if (!extras.bias) parts.bias.clear();
  parts.has_row_bias = extras.row_bias;
  parts.has_residual = extras.residual;
  parts.relu = extras.relu;
  parts.keeps_y = extras.keeps_y;
  parts.then_relu = extras.then_relu;
  if (!extras.then) parts.factor.clear(), parts.term.clear();

  const size_t y_size = static_cast<size_t>(shape.n * shape.height * shape.width * shape.out);
  const std::vector<float> x =
      numbers.values(static_cast<size_t>(shape.n * shape.height * shape.width * shape.in));
  const std::vector<float> row_bias = numbers.values(static_cast<size_t>(shape.n * shape.out));
  const std::vector<float> residual = numbers.values(y_size);
  const HalfResults expected =
      expected_results(parts, x, extras.row_bias ? row_bias : std::vector<float>(),
                       extras.residual ? residual : std::vector<float>());

  const auto convolution = make_own_half_convolution(parts, tile_pixels);
  ASSERT_NE(convolution, nullptr);
  const DeviceValues<__half> dx(x), drow(row_bias), then_y(std::vector<float>(y_size, NAN));
  // The residual is overwritten with y.
  const DeviceValues<__half> y(extras.residual ? residual : std::vector<float>(y_size, NAN));
  HalfConvolutionCall call;
  call.x = dx.data();
  if (extras.row_bias) call.row_bias = drow.data();
  if (extras.residual) call.residual = y.data();
  if (extras.keeps_y) call.y = y.data();
  if (extras.then) call.then_y = then_y.data();
  convolution->run(call, nullptr);
  if (extras.keeps_y) expect_near(y.read(), expected.y);
  if (extras.then) expect_near(then_y.read(), expected.then_y);
}

TEST_F(OwnConvolution, KnowsTheBoardsOfGo) {
  check(board(3, 9, 9, 32, 32));
  check(board(2, 13, 13, 32, 32));
  check(board(1, 19, 19, 32, 32));
}

TEST_F(OwnConvolution, KnowsOtherBoards) {
  check(board(5, 4, 7, 32, 32));
  check(board(2, 1, 1, 32, 32));
  check(board(3, 1, 9, 32, 32));
  check(board(1, 21, 22, 16, 16));
}

TEST_F(OwnConvolution, KnowsAnyNumberOfPositions) {
  for (const int64_t n : {1, 2, 7, 13}) check(board(n, 9, 9, 16, 16));
}

// Several tiles of each size, and no whole number of them.
TEST_F(OwnConvolution, KnowsEverySizeOfTile) {
  for (const int pixels : {64, 128, 256}) check(board(5, 9, 9, 32, 48), {}, pixels);
}

TEST_F(OwnConvolution, KnowsAnyNumberOfChannels) {
  for (const int64_t channels : {16, 48, 64, 80, 96, 128})
    check(board(1, 9, 9, channels, channels));
  check(board(1, 5, 5, 32, 384));  // two blocks of columns
  check(board(1, 5, 5, 160, 24));
  for (const int64_t planes : {1, 17, 22, 24}) check(board(2, 9, 9, planes, 32));
}

TEST_F(OwnConvolution, KnowsOtherKernels) {
  check(board(2, 9, 9, 32, 32, 1));
  check(board(2, 9, 9, 32, 32, 5));
  Conv2dShape flat = board(2, 7, 9, 32, 32);
  flat.kernel_h = 1;
  flat.padding = PerAxis(0, 1);
  check(flat);
}

TEST_F(OwnConvolution, FinishesAsItsPartsSay) {
  const Conv2dShape shape = board(2, 5, 7, 16, 48);
  for (int bits = 0; bits < 64; ++bits) {
    Extras extras{.bias = (bits & 1) != 0,
                  .row_bias = (bits & 2) != 0,
                  .residual = (bits & 4) != 0,
                  .relu = (bits & 8) != 0,
                  .keeps_y = true,
                  .then = (bits & 16) != 0,
                  .then_relu = (bits & 32) != 0};
    if (extras.then_relu && !extras.then) continue;
    check(shape, extras);
    if (!extras.then) continue;
    extras.keeps_y = false;
    check(shape, extras);
  }
}

TEST_F(OwnConvolution, LeavesToOthersWhatItDoesNotKnow) {
  HalfNumbers numbers(1);
  Conv2dShape shape = board(1, 9, 9, 32, 32);
  shape.stride = 2;
  EXPECT_EQ(make_own_half_convolution(numbers.parts(shape)), nullptr);
  shape = board(1, 9, 9, 32, 32);
  shape.groups = 2;
  EXPECT_EQ(make_own_half_convolution(numbers.parts(shape)), nullptr);
  shape = board(1, 9, 9, 32, 32);
  shape.padding = 0;
  EXPECT_EQ(make_own_half_convolution(numbers.parts(shape)), nullptr);
  EXPECT_EQ(make_own_half_convolution(numbers.parts(board(1, 9, 9, 32, 2))), nullptr);
  EXPECT_EQ(make_own_half_convolution(numbers.parts(board(1, 9, 9, 2048, 32))), nullptr);
}

}  // namespace
}  // namespace tengen::nn
