// The small kernels of compiled plans beside loops over doubles.
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "nn/base/rng.h"
#include "nn/cuda/plan_kernels.h"
#include "tests/cuda/device_floats.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/device_values.h"

namespace tengen::nn {
namespace {

using PlanKernels = OnGpu<>;

std::vector<float> random_numbers(int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& x : values) x = static_cast<float>(rng.normal());
  return values;
}
cudaStream_t stream() { return device_under_test().stream(); }

TEST_F(PlanKernels, HalvesAreRoundedPaddedAndTurnedBack) {
  const int64_t rows = 37, columns = 11, stride = padded_to_eight(columns);
  ASSERT_EQ(stride, 16);
  const std::vector<float> x = random_numbers(rows * columns, 1), factor = random_numbers(11, 2);
  const DeviceFloats from(x), factors(factor), back(x);
  const DeviceValues<__half> halves(std::vector<float>(static_cast<size_t>(rows * stride), 7));
  floats_to_halves(rows, columns, from.data(), factors.data(), stride, halves.data(), stream());
  halves_to_floats(rows, columns, stride, halves.data(), back.data(), stream());
  device_under_test().synchronize();
  const std::vector<float> padded = halves.read(), dense = back.read();
  for (int64_t i = 0; i < rows * stride; ++i) {
    const int64_t row = i / stride, c = i % stride;
    const float expected = c < columns ? rounded_to_half(x[row * columns + c] * factor[c]) : 0.0f;
    ASSERT_EQ(padded[i], expected) << i;
    if (c < columns) {
      ASSERT_EQ(dense[row * columns + c], expected);
    }
  }
}

TEST_F(PlanKernels, ImagesArePooledWhole) {
  const Broadcast way{3, 29, 70};
  const std::vector<float> x = random_numbers(3 * 29 * 70, 3);
  std::vector<float> rounded(3 * 29 * 72, 0.0f);
  for (size_t i = 0; i < x.size(); ++i) rounded[i / 70 * 72 + i % 70] = rounded_to_half(x[i]);
  const DeviceFloats floats(x), y(std::vector<float>(3 * 70, 7)), z(std::vector<float>(3 * 70, 7));
  const DeviceValues<__half> halves(rounded);
  for (const Binary op : {Binary::kAdd, Binary::kMaximum}) {
    pool_images(op, way, floats.data(), y.data(), stream());
    pool_images(op, way, halves.data(), 72, z.data(), stream());
    device_under_test().synchronize();
    const std::vector<float> of_floats = y.read(), of_halves = z.read();
    for (int64_t n = 0; n < 3; ++n) {
      for (int64_t c = 0; c < 70; ++c) {
        double sum = 0, half_sum = 0, most = -1e9, half_most = -1e9;
        for (int64_t p = 0; p < 29; ++p) {
          const double value = x[(n * 29 + p) * 70 + c], half = rounded[(n * 29 + p) * 72 + c];
          sum += value, half_sum += half;
          most = std::max(most, value), half_most = std::max(half_most, half);
        }
        const bool mean = op == Binary::kAdd;
        EXPECT_NEAR(of_floats[n * 70 + c], mean ? sum / 29 : most, 1e-6);
        EXPECT_NEAR(of_halves[n * 70 + c], mean ? half_sum / 29 : half_most, 1e-6);
      }
    }
  }
}

TEST_F(PlanKernels, ProductsAreFinishedImageByImage) {
  const int64_t images = 3, points = 5, columns = 7, size = images * points * columns;
  const std::vector<float> y = random_numbers(size, 1), bias = random_numbers(columns, 2);
  const std::vector<float> factor = random_numbers(columns, 3), residual = random_numbers(size, 4);
  const std::vector<float> row = random_numbers(images * columns, 5);
  const DeviceFloats in(y), b(bias), f(factor), r(residual), rows(row);
  finish_product({images, points, columns, b.data(), f.data(), rows.data(), r.data(), true},
                 in.data(), stream());
  device_under_test().synchronize();
  const std::vector<float> got = in.read();
  for (int64_t i = 0; i < size; ++i) {
    const int64_t c = i % columns, image = i / (points * columns);
    const double sum =
        double{y[i]} + bias[c] + double{factor[c]} * row[image * columns + c] + residual[i];
    EXPECT_NEAR(got[i], std::max(0.0, sum), 1e-5);
  }
}

TEST_F(PlanKernels, OneNumberMeetsMany) {
  const Broadcast way{4, 3, 5};
  const std::vector<float> a = random_numbers(60, 1), b = random_numbers(20, 2);
  const DeviceFloats in(a), other(b), out(a);
  meet(Binary::kSubtract, way, in.data(), other.data(), false, out.data(), stream());
  device_under_test().synchronize();
  const std::vector<float> got = out.read();
  for (size_t i = 0; i < 60; ++i) EXPECT_EQ(got[i], a[i] - b[i / 15 * 5 + i % 5]);
}

// Of rows with all moves legal, some, one; what is not legal has no part in the sum.
TEST_F(PlanKernels, ASoftmaxCountsLegalMovesOnly) {
  const int64_t rows = 5, moves = 82, words = 3;
  std::vector<float> logits = random_numbers(rows * moves, 1);
  logits[7] = 80.0f;  // would drown the others
  std::vector<uint32_t> legal(static_cast<size_t>(rows * words));
  const auto is_legal = [&](int64_t row, int64_t i) {
    return row == 0 ? i != 7 : row == 1 ? i == 81 : row == 2 || (i * 7 + row) % 3 == 0;
  };
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t i = 0; i < moves; ++i)
      if (is_legal(row, i)) legal[row * words + i / 32] |= 1u << (i % 32);
  std::vector<float> as_floats;
  for (const uint32_t word : legal) as_floats.push_back(std::bit_cast<float>(word));
  const DeviceFloats in(logits), bits(as_floats), out(logits);
  legal_log_softmax(rows, moves, in.data(), reinterpret_cast<const uint32_t*>(bits.data()),
                    out.data(), stream());
  device_under_test().synchronize();
  const std::vector<float> got = out.read();
  for (int64_t row = 0; row < rows; ++row) {
    double sum = 0.0;
    for (int64_t i = 0; i < moves; ++i)
      if (is_legal(row, i)) sum += std::exp(double{logits[row * moves + i]});
    for (int64_t i = 0; i < moves; ++i) {
      if (is_legal(row, i))
        EXPECT_NEAR(got[row * moves + i], logits[row * moves + i] - std::log(sum), 1e-4);
      else
        EXPECT_EQ(got[row * moves + i], -std::numeric_limits<float>::infinity());
    }
  }
}

}  // namespace
}  // namespace tengen::nn
