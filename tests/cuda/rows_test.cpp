// Reductions, softmax and normalisation on the GPU, at sizes that take each of their ways: teams
// within a warp, whole blocks, axes cut into stretches.
#include <cmath>
#include <limits>

#include "tests/cuda/kernels_beside_reference.h"

namespace tengen::nn {
namespace {

struct Axis {
  int64_t outer, axis, inner;
};
constexpr Axis kAxes[] = {{1, 100000, 1}, {30, 81, 5},  {1, 5000, 64}, {7, 3, 100},
                          {500, 10, 1},   {1, 3000, 3}, {2, 0, 5},     {3, 1, 4}};

TEST_F(GpuKernels, SumsAndRepetitionsEqualReference) {
  for (const Axis& a : kAxes) {
    SCOPED_TRACE(testing::Message() << a.outer << " " << a.axis << " " << a.inner);
    const int64_t size = a.outer * a.axis * a.inner;
    const auto x = random_floats(size, 1), small = random_floats(a.outer * a.inner, 2);
    compare(a.outer * a.inner, 2e-6, [&](Device& d, ArraysOn& on, float* out) {
      d.sum_axis(a.outer, a.axis, a.inner, on(x), out);
    });
    compare(size, 0, [&](Device& d, ArraysOn& on, float* out) {
      d.repeat_axis(a.outer, a.axis, a.inner, 0.5f, on(small), out);
    });
  }
}

// The places of the maxima, as floats behind them.
TEST_F(GpuKernels, MaximaAndTheirPlacesEqualReference) {
  for (const Axis& a : kAxes) {
    if (a.axis == 0) continue;
    SCOPED_TRACE(testing::Message() << a.outer << " " << a.axis << " " << a.inner);
    const int64_t results = a.outer * a.inner;
    auto x = random_floats(results * a.axis, 1);
    for (float& value : x) value = std::round(4.0f * value);  // many equals
    compare(results * a.axis, 0, [&](Device& d, ArraysOn& on, float* out) {
      std::vector<int32_t> places(static_cast<size_t>(results));
      int32_t* const argmax = on.ints(places);
      float* const y = on(random_floats(results, 3));
      d.max_axis(a.outer, a.axis, a.inner, on(x), y, argmax);
      d.max_axis_grad(a.outer, a.axis, a.inner, y, argmax, out);
    });
  }
}

TEST_F(GpuKernels, AMaximumThatIsNoNumberCountsWhereTheReferenceCountsIt) {
  const std::vector<float> x{NAN, 1, 2, 3, NAN, 2, -INFINITY, NAN, -INFINITY};
  const Call call = [&](Device& d, ArraysOn& on, float* out) {
    d.max_axis(3, 3, 1, on(x), out, on.ints({0, 0, 0}));
  };
  const auto got = result_on(device_under_test(), 3, 0, call);
  EXPECT_TRUE(std::isnan(got[0]));
  EXPECT_EQ(got[1], 3.0f);
  EXPECT_EQ(got[2], -INFINITY);
  EXPECT_EQ(result_on(reference_device(), 3, 0, call)[1], 3.0f);
}

TEST_F(GpuKernels, SoftmaxEqualsReference) {
  const std::vector<int32_t> lengths{3, 40, 0, 17};
  for (const int64_t columns : {1, 7, 40, 129, 3000}) {
    SCOPED_TRACE(columns);
    const int64_t rows = 4 * 6, size = rows * columns;
    const auto x = random_floats(size, 1), dy = random_floats(size, 2);
    std::vector<int32_t> seen;
    for (const int32_t length : lengths)
      seen.push_back(static_cast<int32_t>(std::min<int64_t>(length, columns)));
    for (const SoftmaxMask& mask :
         {SoftmaxMask{}, SoftmaxMask{.queries = 6, .causal = true},
          SoftmaxMask{.queries = 3, .causal = true, .rows_per_length = 6}})
      compare(size, 2e-6, [&](Device& d, ArraysOn& on, float* y) {
        SoftmaxMask here = mask;
        if (mask.rows_per_length > 1) here.lengths = on.ints(seen);
        d.softmax(rows, columns, here, on(x), y);
      });
    compare(size, 2e-6, [&](Device& d, ArraysOn& on, float* dx) {
      d.softmax_grad(rows, columns, on(x), on(dy), dx);
    });
    compare(size, 2e-6,
            [&](Device& d, ArraysOn& on, float* y) { d.log_softmax(rows, columns, on(x), y); });
    compare(size, 2e-6, [&](Device& d, ArraysOn& on, float* dx) {
      d.log_softmax_grad(rows, columns, on(x), on(dy), dx);
    });
  }
}

TEST_F(GpuKernels, SoftmaxOfInfiniteScoresIsAsTheReference) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x{-infinity, 1, 2, infinity, 1, 2, NAN, 1, 2, -infinity, -infinity, 3};
  for (const bool logarithm : {false, true}) {
    const Call call = [&](Device& d, ArraysOn& on, float* y) {
      logarithm ? d.log_softmax(4, 3, on(x), y) : d.softmax(4, 3, {}, on(x), y);
    };
    const auto expected = result_on(reference_device(), 12, 0, call);
    const auto got = result_on(device_under_test(), 12, 0, call);
    for (size_t i = 0; i < 12; ++i) {
      EXPECT_EQ(std::isnan(got[i]), std::isnan(expected[i])) << i;
      if (std::isinf(expected[i])) {
        EXPECT_EQ(got[i], expected[i]) << i;
      } else if (!std::isnan(expected[i])) {
        EXPECT_NEAR(got[i], expected[i], 1e-6) << i;
      }
    }
  }
}

struct NormCase {
  int64_t rows, channels;
  float shift;
};
constexpr NormCase kNorms[] = {{2, 1, 0}, {7, 5, 0}, {500, 64, 3}, {2000, 33, -1}, {1500, 16, 100}};

TEST_F(GpuKernels, BatchNormEqualsReference) {
  for (const NormCase& c : kNorms) {
    SCOPED_TRACE(testing::Message() << c.rows << "x" << c.channels << " about " << c.shift);
    const int64_t size = c.rows * c.channels;
    auto x = random_floats(size, 1);
    for (float& value : x) value += c.shift;
    const auto gamma = random_floats(c.channels, 2), beta = random_floats(c.channels, 3);
    const auto dy = random_floats(size, 4), residual = random_floats(size, 5);
    const Call plain = [&](Device& d, ArraysOn& on, float* y) {
      d.batch_norm(c.rows, c.channels, 1e-5f, on(x), on(gamma), on(beta), y, y + size,
                   y + size + c.channels);
    };
    compare(size + 2 * c.channels, 1e-4, plain);
    const auto out = result_on(reference_device(), size + 2 * c.channels, 0, plain);
    const std::vector<float> mean(out.begin() + size, out.begin() + size + c.channels);
    const std::vector<float> scale(out.end() - c.channels, out.end());
    compare(size + 2 * c.channels, 1e-4, [&](Device& d, ArraysOn& on, float* dx) {
      d.batch_norm_grad(c.rows, c.channels, on(x), on(dy), on(gamma), on(mean), on(scale), dx,
                        dx + size, dx + size + c.channels);
    });
    for (const bool has_residual : {false, true}) {
      compare(size + 2 * c.channels, 1e-4, [&](Device& d, ArraysOn& on, float* y) {
        d.batch_norm_relu(c.rows, c.channels, 1e-5f, on(x), on(gamma), on(beta),
                          has_residual ? on(residual) : nullptr, y, y + size,
                          y + size + c.channels);
      });
      // `residual` stands for the result: its sign says where the relu lets through.
      compare(2 * size + 2 * c.channels, 1e-4, [&](Device& d, ArraysOn& on, float* dx) {
        d.fill(2 * size, 0.0f, dx);
        float* const sums = dx + 2 * size;
        d.batch_norm_relu_grad(c.rows, c.channels, on(x), on(residual), on(dy), on(gamma), on(mean),
                               on(scale), dx, sums, sums + c.channels,
                               has_residual ? dx + size : nullptr);
      });
    }
  }
}

TEST_F(GpuKernels, GroupNormEqualsReference) {
  for (const GroupNormShape& s : {GroupNormShape{100, 1, 130, 1}, GroupNormShape{7, 12, 36, 4},
                                  GroupNormShape{3, 81, 64, 8}, GroupNormShape{1, 3000, 8, 2}}) {
    const int64_t size = s.n * s.points * s.channels, groups = s.n * s.groups;
    const auto x = random_floats(size, 1), dy = random_floats(size, 2);
    const auto gamma = random_floats(s.channels, 3), beta = random_floats(s.channels, 4);
    const Call forward = [&](Device& d, ArraysOn& on, float* y) {
      d.group_norm(s, on(x), on(gamma), on(beta), y, y + size, y + size + groups);
    };
    compare(size + 2 * groups, 1e-5, forward);
    const auto out = result_on(reference_device(), size + 2 * groups, 0, forward);
    const std::vector<float> mean(out.begin() + size, out.begin() + size + groups);
    const std::vector<float> scale(out.end() - groups, out.end());
    compare(size + 2 * s.channels, 1e-5, [&](Device& d, ArraysOn& on, float* dx) {
      d.group_norm_grad(s, on(x), on(dy), on(gamma), on(mean), on(scale), dx, dx + size,
                        dx + size + s.channels);
    });
  }
}

// No sum depends on which block came first.
TEST_F(GpuKernels, SumsRepeatThemselvesBitForBit) {
  const auto x = random_floats(100000, 1), dy = random_floats(100000, 2);
  const Call call = [&](Device& d, ArraysOn& on, float* out) {
    const float *const a = on(x), *const b = on(dy), *const ones = on(std::vector<float>(50, 1.0f));
    d.sum_axis(1, 100000, 1, a, out);
    d.batch_norm(2000, 50, 1e-5f, a, ones, ones, out + 1, out + 100001, out + 100051);
    d.batch_norm_grad(2000, 50, a, b, ones, out + 100001, out + 100051, out + 1, out + 100101,
                      out + 100151);
  };
  EXPECT_EQ(result_on(device_under_test(), 100201, 0, call),
            result_on(device_under_test(), 100201, 0, call));
}

}  // namespace
}  // namespace tengen::nn
