// Convolutions of few or grouped channels or of 5x5 taps, and pooling, on every instruction set.
#include <tbb/global_control.h>

#include <limits>

#include "tests/nn/cpu_kernels.h"

namespace tengen::nn {
namespace {

class CpuImages : public CpuKernels {};

INSTANTIATE_TEST_SUITE_P(All, CpuImages, testing::ValuesIn(available_kernels()),
                         [](const auto& info) { return info.param; });

// F(4x4, 5x5) multiplies by up to 30 and cancels.
TEST_P(CpuImages, Winograd5x5EqualsReference) {
  for (int64_t size = 5; size <= 14; size += 3)
    for (int64_t padding : {0, 2, 4})
      compare_convolution({1 + size % 4, size, size + 1, 9, 18, 5, 5, 1, padding}, 1e-4);
  compare_convolution({29, 12, 12, 32, 64, 5, 5, 1, 0}, 1e-4);
  compare_convolution({3, 8, 8, 50, 17, 5, 5, 1, 2}, 1e-4);
}

TEST_P(CpuImages, ConvolutionsOfFewChannelsEqualReference) {
  for (int64_t channels : {1, 2, 3, 4})
    for (int64_t out : {16, 32, 48, 64})
      compare_convolution({5, 11, 9, channels, out, 3, 3, 1, 1}, 1e-5);
  compare_convolution({37, 28, 28, 1, 32, 5, 5, 1, 0}, 1e-5);
  compare_convolution({2, 9, 30, 3, 16, 3, 5, 1, {2, 0}, {1, 2}}, 1e-5);
}

TEST_P(CpuImages, GroupedConvolutionsEqualReference) {
  for (const PerAxis& stride : {PerAxis(1), PerAxis(2, 3)})
    for (const PerAxis& dilation : {PerAxis(1), PerAxis(2, 1)})
      for (int64_t channels : {4, 21, 64}) {
        compare_convolution(
            {5, 11, 9, channels, channels, 3, 3, stride, {1, 2}, dilation, channels}, 1e-5);
        compare_convolution({2, 8, 9, 2 * channels, 24, 3, 3, stride, 1, dilation, 2}, 5e-5);
      }
  compare_convolution({2, 4, 4, 6, 6, 1, 1, 1, 0, 1, 6}, 1e-5);
  compare_convolution({1, 3, 3, 5, 5, 3, 3, 1, 2, 2, 5}, 1e-5);  // most taps outside
}

TEST_P(CpuImages, PoolsEqualReference) {
  for (const Pool2dShape& s :
       {Pool2dShape{3, 8, 8, 16}, Pool2dShape{2, 9, 11, 5, 3, 2, 1},
        Pool2dShape{1, 7, 6, 33, 2, 1, 0}, Pool2dShape{2, 12, 12, 20, {3, 5}, {2, 1}, {1, 2}},
        Pool2dShape{1, 11, 12, 3, 9, 2, 4}}) {
    const int64_t x_size = s.n * s.height * s.width * s.channels;
    const int64_t y_size = s.n * s.out_height() * s.out_width() * s.channels;
    const auto x = random_floats(x_size, 1), dy = random_floats(y_size, 2);
    std::vector<int32_t> tap(y_size), expected(y_size);
    std::vector<float> y(y_size);
    reference_.max_pool(s, x.data(), y.data(), expected.data());
    compare(y_size, 0.0, [&](Device& d, float* out) { d.max_pool(s, x.data(), out, tap.data()); });
    EXPECT_EQ(tap, expected);
    compare(x_size, 1e-6,
            [&](Device& d, float* dx) { d.max_pool_grad(s, dy.data(), tap.data(), dx); });
    compare(y_size, 1e-6, [&](Device& d, float* out) { d.average_pool(s, x.data(), out); });
    compare(x_size, 1e-6, [&](Device& d, float* dx) { d.average_pool_grad(s, dy.data(), dx); });
  }
}

TEST_P(CpuImages, MaxPoolPassesNotANumberOnAndPrefersTheFirst) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (Device* device : {&reference_, static_cast<Device*>(&fast_)}) {
    const std::vector<float> x{1, 5, nan, 3, 7, 2, 7, 4};  // [1,2,2,2]
    std::vector<float> y(2);
    std::vector<int32_t> tap(2);
    device->max_pool({1, 2, 2, 2}, x.data(), y.data(), tap.data());
    EXPECT_TRUE(std::isnan(y[0])) << device->name();
    EXPECT_EQ(y[1], 5.0f);
    EXPECT_EQ(tap, (std::vector<int32_t>{1, 0}));
    const std::vector<float> equal(8, 2.0f);
    device->max_pool({1, 2, 2, 2}, equal.data(), y.data(), tap.data());
    EXPECT_EQ(tap, (std::vector<int32_t>{0, 0}));
  }
}

// Both ways of the fused operation, with their gradients.
TEST_P(CpuImages, WorkersDoNotChangeResults) {
  for (const Conv2dShape& conv :
       {Conv2dShape{37, 12, 12, 1, 32, 5, 5, 1, 0}, Conv2dShape{37, 12, 12, 16, 24, 5, 5, 1, 0},
        Conv2dShape{37, 8, 8, 24, 24, 3, 3, 1, 1, 1, 24}}) {
    const Pool2dShape pool{conv.n, conv.out_height(), conv.out_width(), conv.out};
    const auto x = random_floats(conv.n * conv.height * conv.width * conv.in, 1);
    const auto w = random_floats(conv.kernel_h * conv.kernel_w * conv.group_in() * conv.out, 2);
    const auto bias = random_floats(conv.out, 3);
    const auto dy = random_floats(conv.n * pool.out_height() * pool.out_width() * conv.out, 4);
    const auto run = [&](int workers) {
      tbb::global_control control(tbb::global_control::max_allowed_parallelism, workers);
      std::vector<float> y(dy.size()), dx(x.size()), dw(w.size()), dbias(conv.out);
      std::vector<int32_t> tap(y.size());
      fast_.conv2d_relu_max_pool(conv, pool, x.data(), w.data(), bias.data(), y.data(), tap.data());
      fast_.conv2d_relu_max_pool_grad(conv, pool, x.data(), w.data(), y.data(), tap.data(),
                                      dy.data(), conv.in > 1 ? dx.data() : nullptr, dw.data(),
                                      dbias.data());
      for (const auto* part : {&dx, &dw, &dbias}) y.insert(y.end(), part->begin(), part->end());
      return y;
    };
    EXPECT_EQ(run(1), run(2));
  }
}

}  // namespace
}  // namespace tengen::nn
