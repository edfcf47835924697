// What works element by element on the GPU: every function and broadcast, tails of vectors, numbers
// far out, and the draws of dropout.
#include <cmath>
#include <limits>

#include "tests/cuda/kernels_beside_reference.h"

namespace tengen::nn {
namespace {

constexpr Unary kEveryUnary[] = {Unary::kRelu,   Unary::kTanh,      Unary::kSigmoid, Unary::kExp,
                                 Unary::kLog,    Unary::kSquare,    Unary::kSqrt,    Unary::kAbs,
                                 Unary::kNegate, Unary::kSoftplus,  Unary::kGelu,    Unary::kSilu,
                                 Unary::kMish,   Unary::kLeakyRelu, Unary::kElu};
constexpr Binary kEveryBinary[] = {Binary::kAdd,    Binary::kSubtract, Binary::kMultiply,
                                   Binary::kDivide, Binary::kMaximum,  Binary::kMinimum,
                                   Binary::kEqual};
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST_F(GpuKernels, EveryFunctionOfOneNumberEqualsReference) {
  for (const int64_t n : {1, 15, 999}) {
    const auto slopes = random_floats(n, 2);
    for (const Unary kind : kEveryUnary) {
      const UnaryOp op(kind, 0.7f);
      std::vector<float> x = random_floats(n, 1), y(static_cast<size_t>(n));
      if (kind == Unary::kLog || kind == Unary::kSqrt)
        for (float& value : x) value = std::abs(value) + 1e-3f;
      reference_device().unary(op, n, x.data(), y.data());
      SCOPED_TRACE(static_cast<int>(kind));
      compare(n, 1e-6, [&](Device& d, ArraysOn& on, float* out) { d.unary(op, n, on(x), out); });
      compare(n, 2e-6, [&](Device& d, ArraysOn& on, float* out) {
        d.unary_grad(op, n, on(x), on(y), on(slopes), out);
      });
    }
  }
}

// More elements than the device has threads.
TEST_F(GpuKernels, LoopsOverWhatTheGridDoesNotCover) {
  const int64_t n = 70001;
  const auto x = random_floats(n, 1);
  compare(n, 0, [&](Device& d, ArraysOn&, float* out) { d.fill(n, 0.3f, out); });
  compare(n, 1e-6, [&](Device& d, ArraysOn& on, float* out) { d.axpy(n, 0.3f, on(x), out); });
  compare(n, 0, [&](Device& d, ArraysOn& on, float* out) {
    d.binary(Binary::kMaximum, n, on(x), on(random_floats(70, 2)), 70, 1, out);
  });
}

// Relative to the value itself, over the floats' range, and where that ends.
TEST_F(GpuKernels, FunctionsAreRightFarOutAndKeepWhatIsNoNumber) {
  std::vector<float> x{kInfinity, -kInfinity, NAN, 0.0f, 1e-44f, 3e38f};
  for (float size = 1e-6f; size < 200.0f; size *= 1.7f) x.insert(x.end(), {size, -size});
  const int64_t n = static_cast<int64_t>(x.size());
  for (const Unary kind : kEveryUnary) {
    const UnaryOp op(kind, 0.7f);
    std::vector<float> expected(x.size());
    reference_device().unary(op, n, x.data(), expected.data());
    const std::vector<float> got =
        result_on(device_under_test(), n, 0,
                  [&](Device& d, ArraysOn& on, float* out) { d.unary(op, n, on(x), out); });
    SCOPED_TRACE(static_cast<int>(kind));
    for (size_t i = 0; i < x.size(); ++i) {
      if (std::isnan(expected[i]))
        EXPECT_TRUE(std::isnan(got[i])) << x[i];
      else if (std::isinf(expected[i]))
        EXPECT_EQ(got[i], expected[i]) << x[i];
      else
        EXPECT_NEAR(got[i], expected[i], 2e-6 * std::abs(expected[i]) + 1e-7) << x[i];
    }
  }
}

TEST_F(GpuKernels, EveryBroadcastEqualsReference) {
  struct Case {
    int64_t n, nb, inner;
  };
  for (const Case& c : {Case{7000, 7000, 1}, Case{7000, 70, 1}, Case{7000, 100, 70},
                        Case{7000, 10, 7}, Case{99, 1, 1}, Case{64, 64, 1}, Case{7200, 6, 12},
                        Case{12000, 6000, 1}, Case{240, 8, 1}}) {
    SCOPED_TRACE(testing::Message() << c.n << " " << c.nb << " " << c.inner);
    auto a = random_floats(c.n, 1), b = random_floats(c.nb, 2);
    for (const Binary op : kEveryBinary)
      compare(c.n, 2e-7, [&](Device& d, ArraysOn& on, float* out) {
        d.binary(op, c.n, on(a), on(b), c.nb, c.inner, out);
      });
  }
}

TEST_F(GpuKernels, MaximumAndMinimumTreatWhatIsNoNumberAsTheReference) {
  const std::vector<float> a{NAN, 1, 2, NAN, kInfinity}, b{1, NAN, 3, NAN, -kInfinity};
  for (const Binary op : {Binary::kMaximum, Binary::kMinimum}) {
    const Call call = [&](Device& d, ArraysOn& on, float* out) {
      d.binary(op, 5, on(a), on(b), 5, 1, out);
    };
    const auto expected = result_on(reference_device(), 5, 0, call);
    const auto got = result_on(device_under_test(), 5, 0, call);
    for (size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(std::isnan(got[i]), std::isnan(expected[i])) << i;
      if (!std::isnan(expected[i])) {
        EXPECT_EQ(got[i], expected[i]) << i;
      }
    }
  }
}

TEST_F(GpuKernels, AResultMayOverwriteItsFirstArgument) {
  for (const int64_t nb : {10, 1000})
    compare(1000, 0, [&](Device& d, ArraysOn& on, float* out) {
      d.binary(Binary::kAdd, 1000, out, on(random_floats(nb, 2)), nb, 1, out);
      d.unary(Unary::kRelu, 1000, out, out);
      d.repeat_axis(1, 1, 1000, 0.5f, out, out);
    });
}

TEST_F(GpuKernels, DropoutDrawsAsTheReferenceDoes) {
  for (const int64_t n : {1, 2, 37, 30000}) {
    const auto x = random_floats(n, 1);
    for (const float p : {0.0f, 0.3f, 0.9f})
      compare(n, 1e-7, [&](Device& d, ArraysOn& on, float* out) {
        d.dropout(n, p, Rng(5, 6, 7), on(x), out);
      });
  }
}

TEST_F(GpuKernels, OptimisersEqualReference) {
  const int64_t n = 1001;
  const auto gradient = random_floats(n, 1);
  // `parts` arrays of state, then the weights; squares begin at zero.
  const auto check = [&](int parts,
                         const std::function<void(Device&, const float*, float*)>& step) {
    compare((parts + 1) * n, 2e-6, [&](Device& d, ArraysOn& on, float* out) {
      d.fill(parts * n, 0.0f, out);
      const float* const g = on(gradient);
      for (int i = 0; i < 3; ++i) step(d, g, out);
    });
  };
  for (const bool nesterov : {false, true})
    check(1, [&](Device& d, const float* g, float* out) {
      d.sgd({0.1f, 0.9f, 1e-3f, nesterov}, n, g, out, out + n);
    });
  for (const bool coupled : {false, true})
    check(2, [&](Device& d, const float* g, float* out) {
      d.adam({1e-2f, 0.9f, 0.99f, 1e-8f, 1e-2f, 3, coupled}, n, g, out, out + n, out + 2 * n);
    });
  check(1, [&](Device& d, const float* g, float* out) {
    d.adagrad({1e-2f, 1e-8f, 1e-2f}, n, g, out, out + n);
  });
  for (const bool centred : {false, true})
    for (const bool momentum : {false, true})
      check(3, [&](Device& d, const float* g, float* out) {
        d.rmsprop({1e-2f, 0.9f, 1e-4f, momentum ? 0.8f : 0.0f, 1e-2f}, n, g, out,
                  centred ? out + n : nullptr, momentum ? out + 2 * n : nullptr, out + 3 * n);
      });
}

}  // namespace
}  // namespace tengen::nn
