// Convolutions on the device against the reference device, the value and both gradients.
#include "nn/cuda/convolutions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/rng.h"
#include "nn/cuda/handles.h"
#include "nn/cuda/patch_convolution.h"
#include "tests/cuda/device_floats.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/random_numbers.h"

namespace tengen::nn {
namespace {

// The largest difference of the three. Results are written over old numbers; `offset` floats lie
// before each image.
template <class Convolver>
double error_of(Convolver& convolver, const Conv2dShape& s, size_t offset = 0) {
  const auto x = random_floats(s.n * s.height * s.width * s.in, 1);
  const auto w = random_floats(s.kernel_h * s.kernel_w * s.group_in() * s.out, 2);
  const auto dy = random_floats(s.n * s.out_height() * s.out_width() * s.out, 3);
  std::vector<float> y = random_floats(static_cast<int64_t>(dy.size()), 4), dx = x, dw = w;
  const DeviceFloats at_x(x, offset), at_w(w), at_dy(dy, offset);
  const DeviceFloats at_y(y, offset), at_dx(dx, offset), at_dw(dw);
  const Stream stream = make_stream();
  convolver.forward(s, at_x.data(), at_w.data(), at_y.data(), stream.get());
  convolver.grad_input(s, at_dy.data(), at_w.data(), at_dx.data(), stream.get());
  convolver.grad_weight(s, at_x.data(), at_dy.data(), at_dw.data(), stream.get());
  Device& reference = reference_device();
  reference.conv2d(s, x.data(), w.data(), y.data());
  reference.conv2d_grad_input(s, dy.data(), w.data(), dx.data());
  reference.conv2d_grad_weight(s, x.data(), dy.data(), dw.data());
  return std::max(
      {difference(at_y.read(), y), difference(at_dx.read(), dx), difference(at_dw.read(), dw)});
}

// Strides, dilations, groups, paddings and kernels of every kind; a network's first layer among
// them, its last, and one of a single pixel.
std::vector<Conv2dShape> every_kind() {
  std::vector<Conv2dShape> shapes = {{2, 9, 9, 7, 18},
                                     {1, 7, 7, 22, 31},
                                     {1, 1, 1, 4, 4},
                                     {3, 5, 11, 16, 16},
                                     {5, 9, 9, 24, 17, 1, 1, 1, 0},
                                     {2, 9, 8, 5, 6, 5, 5, 1, 2},
                                     {3, 8, 8, 4, 9, 3, 3, 2, 1},
                                     {2, 10, 7, 3, 8, 2, 3, 1, 0},
                                     {2, 9, 9, 8, 8, 1, 1, 2, 0},
                                     {3, 12, 12, 1, 20, 5, 5, 1, 0},
                                     {2, 5, 7, 2, 3, 3, 3, 2, 1},
                                     {1, 6, 6, 2, 2, 5, 3, 1, 2}};
  shapes.push_back(
      {.n = 1, .height = 6, .width = 7, .in = 2, .out = 2, .padding = {2, 1}, .dilation = 2});
  shapes.push_back({.n = 1, .height = 5, .width = 5, .in = 4, .out = 6, .groups = 2});
  shapes.push_back({.n = 2, .height = 4, .width = 4, .in = 3, .out = 3, .groups = 3});
  shapes.push_back({.n = 1,
                    .height = 8,
                    .width = 6,
                    .in = 4,
                    .out = 2,
                    .kernel_h = 3,
                    .kernel_w = 2,
                    .stride = {3, 2},
                    .padding = {1, 1},
                    .dilation = {2, 3},
                    .groups = 2});
  shapes.push_back({.n = 1,
                    .height = 7,
                    .width = 1,
                    .in = 3,
                    .out = 4,
                    .kernel_h = 3,
                    .kernel_w = 1,
                    .padding = {1, 0}});
  shapes.push_back({.n = 1,
                    .height = 5,
                    .width = 4,
                    .in = 3,
                    .out = 6,
                    .kernel_h = 2,
                    .kernel_w = 3,
                    .stride = {2, 1},
                    .padding = 0,
                    .groups = 3});
  return shapes;
}

std::string text_of(const Conv2dShape& s) {
  return std::to_string(s.n) + "x" + std::to_string(s.height) + "x" + std::to_string(s.width) +
         " " + std::to_string(s.in) + "->" + std::to_string(s.out) + " kernel " +
         std::to_string(s.kernel_h) + "x" + std::to_string(s.kernel_w) + " stride " +
         std::to_string(s.stride.h) + " groups " + std::to_string(s.groups);
}

class ConvolutionsTest : public OnGpu<> {};
class PatchConvolutionTest : public OnGpu<> {};

// Sums in another order; a few roundings more where cuDNN takes Winograd's way.
constexpr double kTolerance = 5e-5;

TEST_F(ConvolutionsTest, EveryKindEqualsReference) {
  Convolutions convolutions({.tf32 = false, .most_tried = 1});
  for (const Conv2dShape& s : every_kind()) {
    SCOPED_TRACE(text_of(s));
    EXPECT_LE(error_of(convolutions, s), kTolerance);
  }
}

TEST_F(ConvolutionsTest, FactorsRoundedToBfloat16EqualReference) {
  Convolutions convolutions({.tf32 = false, .most_tried = 1});
  for (Conv2dShape s : every_kind()) {
    s.precision = Precision::kBfloat16;
    SCOPED_TRACE(text_of(s));
    EXPECT_LE(error_of(convolutions, s), kTolerance);
  }
}

TEST_F(ConvolutionsTest, Tf32RoundsTenBitsAndOnlyWhereItMay) {
  Convolutions fast({.tf32 = true, .most_tried = 1}), exact({.tf32 = false, .most_tried = 1});
  const Conv2dShape s{2, 5, 5, 8, 8};
  const double error = error_of(fast, s);
  EXPECT_GT(error, kTolerance);
  EXPECT_LE(error, 2e-3);
  EXPECT_LE(error_of(exact, s), kTolerance);
}

TEST_F(ConvolutionsTest, TryingPlansLeavesTheResult) {
  Convolutions convolutions({.tf32 = false, .most_tried = 4});
  const Conv2dShape s{2, 5, 5, 3, 4};
  for (int call = 0; call < 2; ++call) EXPECT_LE(error_of(convolutions, s), kTolerance);
}

TEST_F(ConvolutionsTest, AddressesOfFourBytesAlignmentWillDo) {
  Convolutions convolutions({.tf32 = false, .most_tried = 1});
  Conv2dShape s{2, 5, 5, 3, 4};
  for (const size_t offset : {0, 1}) EXPECT_LE(error_of(convolutions, s, offset), kTolerance);
  s.precision = Precision::kBfloat16;
  EXPECT_LE(error_of(convolutions, s, 1), kTolerance);
}

TEST_F(ConvolutionsTest, NoImagesGiveAnEmptyResultAndNoGradientOfWeights) {
  Convolutions convolutions;
  const Conv2dShape s{0, 5, 5, 2, 2};
  const DeviceFloats w(random_floats(36, 1));
  const Stream stream = make_stream();
  convolutions.forward(s, nullptr, w.data(), nullptr, stream.get());
  convolutions.grad_input(s, nullptr, w.data(), nullptr, stream.get());
  convolutions.grad_weight(s, nullptr, nullptr, w.data(), stream.get());
  EXPECT_EQ(w.read(), std::vector<float>(36, 0.0f));
}

// What stands in for cuDNN where it has no plan.
TEST_F(PatchConvolutionTest, EveryKindEqualsReference) {
  Products products({.tf32 = false});
  StreamMemory memory;
  PatchConvolution convolution(products, memory);
  for (Conv2dShape s : every_kind())
    for (const Precision precision : {Precision::kFloat32, Precision::kBfloat16}) {
      s.precision = precision;
      SCOPED_TRACE(text_of(s));
      EXPECT_LE(error_of(convolution, s), kTolerance);
    }
}

}  // namespace
}  // namespace tengen::nn
