// Every fast kernel, on every instruction set that runs here, against the reference device.
#include "tests/nn/cpu_kernels.h"

#include <tbb/global_control.h>

namespace tengen::nn {
namespace {

INSTANTIATE_TEST_SUITE_P(All, CpuKernels, testing::ValuesIn(available_kernels()),
                         [](const auto& info) { return info.param; });

// Sums of k products in floats, in another order: a few roundings of 2^-24 each.
TEST_P(CpuKernels, GemmEqualsReference) {
  struct Case {
    int64_t m, n, k;
  };
  for (const Case& c : {Case{1, 1, 1}, Case{3, 5, 7}, Case{1, 64, 100}, Case{9, 64, 64},
                        Case{13, 33, 17}, Case{81, 48, 22}, Case{150, 200, 90}, Case{64, 10, 600},
                        Case{33, 47, 4500}, Case{5, 250, 31}}) {
    for (int flags = 0; flags < 8; ++flags) {
      GemmShape s{(flags & 1) != 0, (flags & 2) != 0, c.m, c.n, c.k, 0, 0, c.n + 3, 0.0f};
      s.lda = (s.transpose_a ? c.m : c.k) + 2;
      s.ldb = (s.transpose_b ? c.k : c.n) + 1;
      s.beta = (flags & 4) ? 0.5f : 0.0f;
      const auto a = random_floats((s.transpose_a ? c.k : c.m) * s.lda, 1);
      const auto b = random_floats((s.transpose_b ? c.n : c.k) * s.ldb, 2);
      SCOPED_TRACE(testing::Message() << c.m << "x" << c.n << "x" << c.k << " flags " << flags);
      compare(c.m * s.ldc, 1e-5,
              [&](Device& d, float* out) { d.gemm(s, a.data(), b.data(), out); });
    }
  }
}

TEST_P(CpuKernels, EmptySumIsBetaTimesC) {
  const GemmShape s{false, false, 2, 3, 0, 1, 3, 3, 0.5f};
  std::vector<float> c{2, 4, 6, 8, 10, 12};
  const float none = 0.0f;
  fast_.gemm(s, &none, &none, c.data());
  EXPECT_EQ(c, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

// Winograd F(4x4) multiplies by up to 8 and cancels, which costs about four bits.
TEST_P(CpuKernels, WinogradEqualsReference) {
  for (int64_t size = 2; size <= 19; ++size)
    compare_convolution({1 + size % 5, size, size, 7, 18}, 5e-5);
  for (int64_t channels : {1, 15, 16, 17, 22, 33, 48, 50, 64})
    compare_convolution({2, 9, 9, channels, 64}, 5e-5);
  for (int64_t channels : {1, 3, 31, 32, 80, 96})
    compare_convolution({1, 7, 7, 22, channels}, 5e-5);
  for (int64_t batch : {1, 4, 5, 29}) compare_convolution({batch, 9, 9, 20, 24}, 5e-5);
  compare_convolution({3, 5, 11, 16, 16}, 5e-5);
  compare_convolution({1, 1, 1, 4, 4}, 5e-5);
  compare_convolution({40, 4, 4, 6, 5}, 5e-5);
}

TEST_P(CpuKernels, OtherConvolutionsEqualReference) {
  for (const Conv2dShape& s :
       {Conv2dShape{5, 9, 9, 24, 17, 1, 1, 1, 0}, Conv2dShape{2, 9, 8, 5, 6, 5, 5, 1, 2},
        Conv2dShape{3, 8, 8, 4, 9, 3, 3, 2, 1}, Conv2dShape{2, 10, 7, 3, 8, 2, 3, 1, 0},
        Conv2dShape{2, 9, 9, 8, 8, 1, 1, 2, 0}, Conv2dShape{300, 28, 28, 1, 20, 5, 5, 1, 0}})
    compare_convolution(s, 1e-5);
}

// Sums of 10^4 floats, doubles between runs of 64; the mean of 100 costs two digits.
TEST_P(CpuKernels, BatchNormEqualsReference) {
  struct Case {
    int64_t rows, channels;
    float shift;
  };
  for (const Case& c :
       {Case{2, 1, 0}, Case{7, 5, 0}, Case{500, 64, 3}, Case{6000, 33, -1}, Case{3000, 16, 100}}) {
    SCOPED_TRACE(testing::Message() << c.rows << "x" << c.channels << " about " << c.shift);
    auto x = random_floats(c.rows * c.channels, 1);
    for (float& v : x) v += c.shift;
    const auto gamma = random_floats(c.channels, 2), beta = random_floats(c.channels, 3);
    const auto dy = random_floats(c.rows * c.channels, 4);
    const int64_t size = c.rows * c.channels;
    const auto forward = [&](Device& d, float* y) {
      d.batch_norm(c.rows, c.channels, 1e-5f, x.data(), gamma.data(), beta.data(), y, y + size,
                   y + size + c.channels);
    };
    compare(size + 2 * c.channels, 1e-4, forward);
    std::vector<float> out(size + 2 * c.channels);
    forward(reference_, out.data());
    compare(size + 2 * c.channels, 1e-4, [&](Device& d, float* dx) {
      d.batch_norm_grad(c.rows, c.channels, x.data(), dy.data(), gamma.data(), out.data() + size,
                        out.data() + size + c.channels, dx, dx + size, dx + size + c.channels);
    });
  }
}

TEST_P(CpuKernels, BatchNormWithReluEqualsReference) {
  const int64_t rows = 900, channels = 33, size = rows * channels;
  const auto x = random_floats(size, 1), residual = random_floats(size, 2);
  const auto dy = random_floats(size, 3), gamma = random_floats(channels, 4);
  for (const float* r : {residual.data(), static_cast<const float*>(nullptr)}) {
    const auto forward = [&](Device& d, float* y) {
      d.batch_norm_relu(rows, channels, 1e-5f, x.data(), gamma.data(), gamma.data(), r, y, y + size,
                        y + size + channels);
    };
    compare(size + 2 * channels, 1e-4, forward);
    std::vector<float> out(size + 2 * channels);
    forward(reference_, out.data());
    compare(2 * size + 2 * channels, 1e-4, [&](Device& d, float* dx) {
      std::fill_n(dx, 2 * size, 0.0f);
      float* dgamma = dx + 2 * size;
      d.batch_norm_relu_grad(rows, channels, x.data(), out.data(), dy.data(), gamma.data(),
                             out.data() + size, out.data() + size + channels, dx, dgamma,
                             dgamma + channels, r ? dx + size : nullptr);
    });
  }
}

TEST_P(CpuKernels, ElementwiseEqualsReference) {
  for (int64_t n : {1, 15, 100, 70000}) {
    const auto a = random_floats(n, 1), b = random_floats(n, 2), y = random_floats(n, 3);
    compare(n, 1e-6, [&](Device& d, float* out) { d.axpy(n, 0.3f, a.data(), out); });
    compare(n, 0, [&](Device& d, float* out) { d.fill(n, 0.3f, out); });
  }
}

constexpr Unary kEveryUnary[] = {Unary::kRelu,   Unary::kTanh,      Unary::kSigmoid, Unary::kExp,
                                 Unary::kLog,    Unary::kSquare,    Unary::kSqrt,    Unary::kAbs,
                                 Unary::kNegate, Unary::kSoftplus,  Unary::kGelu,    Unary::kSilu,
                                 Unary::kMish,   Unary::kLeakyRelu, Unary::kElu};

TEST_P(CpuKernels, EveryFunctionOfOneNumberEqualsReference) {
  for (int64_t n : {1, 15, 100, 70000}) {
    const auto a = random_floats(n, 1), b = random_floats(n, 2);
    for (const Unary kind : kEveryUnary) {
      const UnaryOp op(kind, 0.7f);
      std::vector<float> x = a;
      if (kind == Unary::kLog || kind == Unary::kSqrt)
        for (float& value : x) value = std::abs(value) + 1e-3f;
      std::vector<float> y(n);
      reference_.unary(op, n, x.data(), y.data());
      SCOPED_TRACE(static_cast<int>(kind));
      compare(n, 1e-6, [&](Device& d, float* out) { d.unary(op, n, x.data(), out); });
      compare(n, 2e-6, [&](Device& d, float* out) {
        d.unary_grad(op, n, x.data(), y.data(), b.data(), out);
      });
    }
  }
}

// Relative to the value itself, over the floats' range, and where that ends.
TEST_P(CpuKernels, ExponentialsAndLogarithmsAreRightFarOut) {
  std::vector<float> x;
  for (float size = 1e-6f; size < 200.0f; size *= 1.07f) x.insert(x.end(), {size, -size});
  const auto check = [&](Unary op, const std::vector<float>& at, double tolerance) {
    std::vector<float> got(at.size());
    const int64_t n = static_cast<int64_t>(at.size());
    std::vector<float> expected(at.size());
    fast_.unary(op, n, at.data(), got.data());
    reference_.unary(op, n, at.data(), expected.data());
    for (size_t i = 0; i < at.size(); ++i) {
      if (std::isinf(expected[i]) || std::isnan(expected[i])) {
        EXPECT_EQ(std::isnan(got[i]), std::isnan(expected[i])) << at[i];
        if (std::isinf(expected[i])) {
          EXPECT_EQ(got[i], expected[i]) << at[i];
        }
      } else {
        EXPECT_NEAR(got[i], expected[i], tolerance * std::abs(expected[i]) + 1e-37)
            << static_cast<int>(op) << " at " << at[i];
      }
    }
  };
  for (const Unary op : {Unary::kExp, Unary::kTanh, Unary::kSigmoid, Unary::kSoftplus})
    check(op, x, 5e-7);
  const float infinity = std::numeric_limits<float>::infinity();
  check(Unary::kExp, {infinity, -infinity, NAN, 0.0f}, 0.0);
  std::vector<float> positive;
  for (float size = 1e-44f; size < 3e38f; size *= 2.9f) positive.push_back(size);
  check(Unary::kLog, positive, 5e-7);
  check(Unary::kLog, {infinity, 0.0f, -1.0f, NAN, 1.0f}, 0.0);
}

TEST_P(CpuKernels, SoftmaxAndGroupNormEqualReference) {
  const int32_t lengths[] = {3, 40, 0, 17};
  for (int64_t columns : {1, 7, 40, 129}) {
    const int64_t rows = 4 * 6, size = rows * columns;
    const auto x = random_floats(size, 1), dy = random_floats(size, 2);
    std::vector<int32_t> seen(4);
    for (int i = 0; i < 4; ++i)
      seen[i] = static_cast<int32_t>(std::min<int64_t>(lengths[i], columns));
    for (const SoftmaxMask& mask :
         {SoftmaxMask{}, SoftmaxMask{.queries = 6, .causal = true},
          SoftmaxMask{.queries = 3, .causal = true, .lengths = seen.data(), .rows_per_length = 6}})
      compare(size, 1e-6,
              [&](Device& d, float* y) { d.softmax(rows, columns, mask, x.data(), y); });
    compare(size, 1e-6,
            [&](Device& d, float* dx) { d.softmax_grad(rows, columns, x.data(), dy.data(), dx); });
  }
  for (const GroupNormShape& s : {GroupNormShape{300, 1, 130, 1}, GroupNormShape{7, 12, 36, 4},
                                  GroupNormShape{5, 81, 64, 8}}) {
    const int64_t size = s.n * s.points * s.channels, groups = s.n * s.groups;
    const auto x = random_floats(size, 1), dy = random_floats(size, 2);
    const auto gamma = random_floats(s.channels, 3), beta = random_floats(s.channels, 4);
    const auto forward = [&](Device& d, float* y) {
      d.group_norm(s, x.data(), gamma.data(), beta.data(), y, y + size, y + size + groups);
    };
    compare(size + 2 * groups, 1e-5, forward);
    std::vector<float> y(size + 2 * groups);
    forward(reference_, y.data());
    compare(size + 2 * s.channels, 1e-5, [&](Device& d, float* dx) {
      d.group_norm_grad(s, x.data(), dy.data(), gamma.data(), y.data() + size,
                        y.data() + size + groups, dx, dx + size, dx + size + s.channels);
    });
  }
}

TEST_P(CpuKernels, EveryBroadcastEqualsReference) {
  struct Case {
    int64_t n, nb, inner;
  };
  for (const Case& c :
       {Case{70000, 70000, 1}, Case{70000, 70, 1}, Case{70000, 100, 700}, Case{70000, 10, 7},
        Case{99, 1, 1}, Case{64, 64, 1}, Case{120000, 60000, 1}}) {
    const auto a = random_floats(c.n, 1), b = random_floats(c.nb, 2);
    for (Binary op : {Binary::kAdd, Binary::kSubtract, Binary::kMultiply, Binary::kDivide,
                      Binary::kMaximum, Binary::kMinimum, Binary::kEqual})
      compare(c.n, 0, [&](Device& d, float* y) {
        d.binary(op, c.n, a.data(), b.data(), c.nb, c.inner, y);
      });
  }
}

TEST_P(CpuKernels, RowsEqualReference) {
  const int64_t outer = 300, axis = 81, inner = 5, size = outer * axis * inner;
  const auto x = random_floats(size, 1), dy = random_floats(size, 2);
  std::vector<int32_t> argmax(outer * inner);
  compare(outer * inner, 1e-6,
          [&](Device& d, float* y) { d.sum_axis(outer, axis, inner, x.data(), y); });
  compare(outer * inner, 0,
          [&](Device& d, float* y) { d.max_axis(outer, axis, inner, x.data(), y, argmax.data()); });
  compare(size, 0, [&](Device& d, float* y) {
    d.max_axis_grad(outer, axis, inner, x.data(), argmax.data(), y);
  });
  compare(size, 0,
          [&](Device& d, float* y) { d.repeat_axis(outer, axis, inner, 0.5f, x.data(), y); });
  compare(size, 1e-6,
          [&](Device& d, float* y) { d.log_softmax(outer, axis * inner, x.data(), y); });
  compare(size, 1e-6, [&](Device& d, float* y) {
    d.log_softmax_grad(outer, axis * inner, x.data(), dy.data(), y);
  });
}

TEST_P(CpuKernels, OptimisersEqualReference) {
  const int64_t n = 70001;
  const auto gradient = random_floats(n, 1), weight = random_floats(n, 2);
  for (bool nesterov : {false, true})
    compare(2 * n, 1e-6, [&](Device& d, float* out) {
      std::copy(weight.begin(), weight.end(), out + n);
      d.sgd({0.1f, 0.9f, 1e-3f, nesterov}, n, gradient.data(), out, out + n);
    });
  compare(3 * n, 1e-5, [&](Device& d, float* out) {
    std::fill_n(out, 2 * n, 0.0f);
    std::copy(weight.begin(), weight.end(), out + 2 * n);
    for (int64_t step = 1; step <= 3; ++step)
      d.adam({1e-2f, 0.9f, 0.99f, 1e-8f, 1e-2f, step}, n, gradient.data(), out, out + n,
             out + 2 * n);
  });
}

// One and two workers, bit for bit.
TEST_P(CpuKernels, ResultsDoNotDependOnTheWorkers) {
  const Conv2dShape s{40, 9, 9, 20, 24};
  const int64_t rows = s.n * 81, depth = rows + 2000;
  const auto x = random_floats(rows * s.in, 1), w = random_floats(9 * s.in * s.out, 2);
  const auto dy = random_floats(rows * s.out, 3);
  const auto a = random_floats(depth * 20, 4), b = random_floats(depth * 24, 5);
  const auto run = [&](int workers) {
    tbb::global_control control(tbb::global_control::max_allowed_parallelism, workers);
    std::vector<float> y(rows * s.out), dw(9 * s.in * s.out), c(20 * 24), moments(48);
    fast_.conv2d(s, x.data(), w.data(), y.data());
    fast_.conv2d_grad_weight(s, x.data(), dy.data(), dw.data());
    fast_.gemm({true, false, 20, 24, depth, 20, 24, 24, 0.0f}, a.data(), b.data(), c.data());
    fast_.batch_norm(rows, 24, 1e-5f, y.data(), w.data(), w.data(), y.data(), moments.data(),
                     moments.data() + 24);
    for (const auto* part : {&dw, &c, &moments}) y.insert(y.end(), part->begin(), part->end());
    return y;
  };
  EXPECT_EQ(run(1), run(2));
}

}  // namespace
}  // namespace tengen::nn
