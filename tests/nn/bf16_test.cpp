// Products in bfloat16: what rounding means, and every kernel against the reference device.
#include <tbb/global_control.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "nn/cpu/bf16_gemm.h"
#include "nn/cpu/winograd_conv.h"
#include "nn/ops.h"
#include "nn/precision.h"
#include "tests/nn/cpu_kernels.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

// The quadratic mean of a - b relative to that of b.
double mean_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double error = 0, size = 1e-12;
  for (size_t i = 0; i < b.size(); ++i) {
    error += std::pow(double{a[i]} - b[i], 2);
    size += std::pow(double{b[i]}, 2);
  }
  return std::sqrt(error / size);
}

// Neighbours of 1 are 1 - 2^-8 and 1 + 2^-7; halfway between two, the even one is taken.
TEST(Bfloat16, RoundsToNearestEven) {
  EXPECT_EQ(rounded_to_bfloat16(1.0f), 1.0f);
  EXPECT_EQ(rounded_to_bfloat16(1.0f + 0x1p-8f), 1.0f);
  EXPECT_EQ(rounded_to_bfloat16(1.0f + 0x1.01p-8f), 1.0f + 0x1p-7f);
  EXPECT_EQ(rounded_to_bfloat16(1.0f + 0x3p-8f), 1.0f + 0x1p-6f);
  EXPECT_EQ(rounded_to_bfloat16(-3.1415927f), -3.140625f);
  EXPECT_EQ(rounded_to_bfloat16(0.0f), 0.0f);
  EXPECT_EQ(rounded_to_bfloat16(0x1.fffffep127f), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(rounded_to_bfloat16(std::nanf(""))));
}

class Bf16Kernel : public testing::TestWithParam<std::string> {
 protected:
  CpuDevice fast_{kernels(GetParam())};
  Device& reference_ = reference_device();
  // The same rounded factors, summed in another order; or, where the processor has no such
  // products, factors that are not rounded.
  double tolerance_ = fast_.fast_bfloat16() ? 1e-5 : 1.5e-2;

  // The same for a convolution, which may run in float32 where Winograd is faster.
  double tolerance_of(const Conv2dShape& s) const {
    const Bf16Kernels* bf16 = kernels(GetParam()).bf16;
    const bool direct = bf16 && (bf16->beats_winograd || !winograd_fits(s));
    return direct ? 1e-5 : 1.5e-2;
  }

  void compare(int64_t size, double tolerance, const std::function<void(Device&, float*)>& f) {
    std::vector<float> expected = random_floats(size, 99), got = expected;
    f(reference_, expected.data());
    f(fast_, got.data());
    EXPECT_LE(difference(got, expected), tolerance);
  }

  void compare_convolution(Conv2dShape s) {
    s.precision = Precision::kBfloat16;
    const int64_t x_size = s.n * s.height * s.width * s.in;
    const int64_t y_size = s.n * s.out_height() * s.out_width() * s.out;
    const int64_t w_size = s.kernel_h * s.kernel_w * s.in * s.out;
    const auto x = random_floats(x_size, 1), w = random_floats(w_size, 2);
    const auto dy = random_floats(y_size, 3);
    SCOPED_TRACE(testing::Message()
                 << s.n << "x" << s.height << "x" << s.width << " " << s.in << "->" << s.out
                 << " kernel " << s.kernel_h << "x" << s.kernel_w << " stride " << s.stride.h
                 << " padding " << s.padding.h);
    compare(y_size, tolerance_of(s),
            [&](Device& d, float* y) { d.conv2d(s, x.data(), w.data(), y); });
    compare(x_size, tolerance_of(s),
            [&](Device& d, float* dx) { d.conv2d_grad_input(s, dy.data(), w.data(), dx); });
    compare(w_size, tolerance_of(s),
            [&](Device& d, float* dw) { d.conv2d_grad_weight(s, x.data(), dy.data(), dw); });
  }
};

INSTANTIATE_TEST_SUITE_P(All, Bf16Kernel, testing::ValuesIn(available_kernels()),
                         [](const auto& info) { return info.param; });

TEST_P(Bf16Kernel, GemmEqualsReference) {
  const auto a = random_floats(220'000, 1), b = random_floats(220'000, 2);
  struct Case {
    int64_t m, n, k;
  };
  for (const Case& c : {Case{1, 1, 1}, Case{3, 5, 7}, Case{1, 64, 100}, Case{16, 32, 32},
                        Case{17, 33, 31}, Case{81, 48, 22}, Case{150, 200, 90}, Case{64, 10, 600},
                        Case{33, 47, 4500}, Case{5, 250, 33}, Case{600, 130, 65}}) {
    for (int flags = 0; flags < 8; ++flags) {
      GemmShape s{(flags & 1) != 0,    (flags & 2) != 0, c.m, c.n, c.k, 0, 0, c.n + 3, 0.0f,
                  Precision::kBfloat16};
      s.lda = (s.transpose_a ? c.m : c.k) + 2;
      s.ldb = (s.transpose_b ? c.k : c.n) + 1;
      s.beta = (flags & 4) ? 0.5f : 0.0f;
      SCOPED_TRACE(testing::Message() << c.m << "x" << c.n << "x" << c.k << " flags " << flags);
      compare(c.m * s.ldc, tolerance_,
              [&](Device& d, float* out) { d.gemm(s, a.data(), b.data(), out); });
    }
  }
}

TEST_P(Bf16Kernel, EmptySumIsBetaTimesC) {
  const GemmShape s{false, false, 2, 3, 0, 1, 3, 3, 0.5f, Precision::kBfloat16};
  std::vector<float> c{2, 4, 6, 8, 10, 12};
  const float none = 0.0f;
  fast_.gemm(s, &none, &none, c.data());
  EXPECT_EQ(c, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

// What is packed once serves any piece of the rows, and a second product adds to the first.
TEST_P(Bf16Kernel, PackedMatrixMultipliesPiecesOfRows) {
  const Bf16Kernels* bf16 = kernels(GetParam()).bf16;
  if (!bf16) GTEST_SKIP() << GetParam() << " has no products in bfloat16";
  const int64_t rows = 45, k = 70, n = 52;
  const auto x = random_floats(rows * k, 1), w = random_floats(k * n, 2);
  const Bf16Matrix matrix(*bf16, k, n, w.data(), n, false);
  Bf16Rows left(*bf16, rows, k);
  std::vector<float> got(rows * n), expected(rows * n);
  for (int64_t first : {0, 32})
    left.fill(first, std::min<int64_t>(32, rows - first), x.data() + first * k, k);
  matrix.multiply(left, 0, rows, got.data(), n, false);
  matrix.multiply(left, 32, rows - 32, got.data() + 32 * n, n, true);
  reference_.gemm({false, false, rows, n, k, k, n, n, 0.0f, Precision::kBfloat16}, x.data(),
                  w.data(), expected.data());
  for (int64_t i = 32 * n; i < rows * n; ++i) expected[i] *= 2;
  EXPECT_LE(difference(got, expected), tolerance_);
}

TEST_P(Bf16Kernel, ConvolutionsEqualReference) {
  for (const Conv2dShape& s :
       {Conv2dShape{2, 9, 9, 64, 64}, Conv2dShape{11, 9, 9, 17, 48}, Conv2dShape{1, 19, 19, 33, 20},
        Conv2dShape{3, 5, 11, 32, 16}, Conv2dShape{1, 1, 1, 4, 4}, Conv2dShape{40, 4, 4, 32, 5},
        Conv2dShape{5, 9, 9, 24, 17, 1, 1, 1, 0}, Conv2dShape{2, 9, 8, 40, 6, 5, 5, 1, 2},
        Conv2dShape{3, 8, 8, 4, 9, 3, 3, 2, 1}, Conv2dShape{2, 10, 7, 33, 8, 2, 3, 1, 0},
        Conv2dShape{2, 9, 9, 8, 8, 1, 1, 2, 0}, Conv2dShape{9, 28, 28, 1, 20, 5, 5, 1, 0},
        Conv2dShape{2, 7, 6, 35, 3, 3, 2, 1, 2}})
    compare_convolution(s);
}

// Two factors, each off by at most 2^-9 and rounded independently: over hundreds of products of
// random sign the errors' quadratic mean stays at a fraction of a percent of that of the sums.
TEST_P(Bf16Kernel, ConvolutionErrorIsThatOfTheRounding) {
  Conv2dShape s{2, 9, 9, 64, 64};
  const auto x = random_floats(2 * 81 * 64, 1), w = random_floats(9 * 64 * 64, 2);
  std::vector<float> exact(x.size()), got(x.size());
  reference_.conv2d(s, x.data(), w.data(), exact.data());
  s.precision = Precision::kBfloat16;
  fast_.conv2d(s, x.data(), w.data(), got.data());
  EXPECT_LT(mean_difference(got, exact), 3e-3);
}

// One and two workers, bit for bit.
TEST_P(Bf16Kernel, ResultsDoNotDependOnTheWorkers) {
  const Conv2dShape s{
      .n = 40, .height = 9, .width = 9, .in = 20, .out = 24, .precision = Precision::kBfloat16};
  const int64_t rows = s.n * 81, depth = rows + 2000;
  const auto x = random_floats(rows * s.in, 1), w = random_floats(9 * s.in * s.out, 2);
  const auto dy = random_floats(rows * s.out, 3);
  const auto a = random_floats(depth * 20, 4), b = random_floats(depth * 24, 5);
  const auto run = [&](int workers) {
    tbb::global_control control(tbb::global_control::max_allowed_parallelism, workers);
    std::vector<float> y(rows * s.out), dw(9 * s.in * s.out), c(20 * 24);
    fast_.conv2d(s, x.data(), w.data(), y.data());
    fast_.conv2d_grad_weight(s, x.data(), dy.data(), dw.data());
    fast_.gemm({true, false, 20, 24, depth, 20, 24, 24, 0.0f, s.precision}, a.data(), b.data(),
               c.data());
    for (const auto* part : {&dw, &c}) y.insert(y.end(), part->begin(), part->end());
    return y;
  };
  EXPECT_EQ(run(1), run(2));
}

// Every operation in bfloat16, with its gradient: the fast device rounds the same factors as the
// reference, or none. A tenth, because rounding decides on which side of a relu's kink a value
// falls, which in a sequence all later ones inherit; a wrong layout differs by the whole.
TEST(ProductPrecisionScope, DevicesAgreeOnEveryOperation) {
  const ProductPrecision scope(Precision::kBfloat16);
  for (const OpCase& c : op_cases()) {
    SCOPED_TRACE(c.name);
    const auto run = [&](Device& device) {
      const std::vector<Var> inputs = inputs_on(c, device);
      const Var y = c.run(inputs);
      std::vector<std::vector<float>> results{y.value().to_vector()};
      backward(sum(square(y)));
      for (const Var& input : inputs)
        if (input.grad().defined()) results.push_back(input.grad().to_vector());
      return results;
    };
    const auto fast = run(cpu_device()), plain = run(reference_device());
    ASSERT_EQ(fast.size(), plain.size());
    for (size_t i = 0; i < plain.size(); ++i)
      EXPECT_LE(mean_difference(fast[i], plain[i]), 0.1) << i;
  }
}

// 1 + 2^-9 is lost to rounding, 1 + 2^-7 is not. The gradient runs in its value's precision.
TEST(ProductPrecisionScope, IsTakenWhenAnOperationIsCalled) {
  const Var a(Tensor({1, 1}, std::vector<float>{1.0f + 0x1p-9f}, reference_device()), true);
  const Var b(Tensor({1, 1}, std::vector<float>{1.0f + 0x1p-9f}, reference_device()), true);
  Var product;
  {
    const ProductPrecision scope(Precision::kBfloat16);
    product = matmul(a, b);
  }
  EXPECT_EQ(product.value().item(), 1.0f);
  EXPECT_GT(matmul(a, b).value().item(), 1.0f);
  backward(product);
  EXPECT_EQ(a.grad().item(), 1.0f);
  EXPECT_EQ(b.grad().item(), 1.0f);
}

TEST(ProductPrecisionScope, ConvolutionsHaveIt) {
  const Shape one{1, 1, 1, 1};
  const Var x(Tensor(one, std::vector<float>{1.0f + 0x1p-9f}, reference_device()), true);
  const Var w(Tensor(one, std::vector<float>{1.0f + 0x1p-9f}, reference_device()), true);
  Var y;
  {
    const ProductPrecision scope(Precision::kBfloat16);
    y = conv2d(x, w, Var(), {});
  }
  EXPECT_EQ(y.value().item(), 1.0f);
  backward(sum(y));
  EXPECT_EQ(x.grad().item(), 1.0f);
  EXPECT_EQ(w.grad().item(), 1.0f);
}

}  // namespace
}  // namespace tengen::nn
