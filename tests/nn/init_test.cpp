// First weights by their moments and, where they are orthogonal, by their products.
#include "nn/layers/init.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tengen::nn {
namespace {

struct Moments {
  explicit Moments(const Tensor& x) {
    const double n = static_cast<double>(x.size());
    for (float value : x.to_vector()) {
      mean += value / n;
      square += double{value} * value / n;
      largest = std::max(largest, std::abs(value));
    }
  }
  double mean = 0.0, square = 0.0;
  float largest = 0.0f;
};

constexpr double kVariance = 2.0 / 300.0;  // of fan 200 and 100

TEST(InitialWeights, HaveTheMomentsOfTheirFormulas) {
  Rng rng(3);
  const auto check = [](const Tensor& x, double variance, double limit) {
    const Moments moments(x);
    EXPECT_NEAR(moments.mean, 0.0, 5.0 * std::sqrt(variance / 20000.0));
    EXPECT_NEAR(moments.square, variance, 0.05 * variance);
    EXPECT_LE(moments.largest, limit + 1e-6);
  };
  const double none = 1e9;
  check(he_normal({200, 100}, 50, rng), 2.0 / 50.0, none);
  check(he_uniform({200, 100}, 50, rng), 2.0 / 50.0, std::sqrt(6.0 / 50.0));
  check(xavier_normal({200, 100}, 200, 100, rng), kVariance, none);
  check(xavier_uniform({200, 100}, 200, 100, rng), kVariance, std::sqrt(6.0 / 300.0));
  check(normal({200, 100}, 0.5, rng), 0.25, none);
  check(uniform({200, 100}, 0.3, rng), 0.03, 0.3);
  // The variance of a normal cut at two deviations: 1 - 2 * 2 phi(2) / (2 Phi(2) - 1).
  const double cut = 1.0 - 4.0 * 0.0539909665 / 0.9544997361;
  check(truncated_normal({200, 100}, 0.5, rng), 0.25 * cut, 1.0);
  EXPECT_GT(Moments(normal({200, 100}, 0.5, rng)).largest, 1.0f);
}

TEST(InitialWeights, OrthogonalOnesAre) {
  Rng rng(4);
  for (const Shape& shape : {Shape{30, 12}, Shape{12, 30}, Shape{3, 3, 4, 16}, Shape{20, 20}}) {
    const std::vector<float> w = orthogonal(shape, 1.5, rng).to_vector();
    const int64_t columns = shape[-1], rows = shape.size() / columns;
    const bool tall = rows >= columns;
    const int64_t count = tall ? columns : rows, length = tall ? rows : columns;
    const auto at = [&](int64_t vector, int64_t i) {
      return double{tall ? w[i * columns + vector] : w[vector * columns + i]};
    };
    for (int64_t a = 0; a < count; ++a)
      for (int64_t b = 0; b < count; ++b) {
        double product = 0.0;
        for (int64_t i = 0; i < length; ++i) product += at(a, i) * at(b, i);
        EXPECT_NEAR(product, a == b ? 2.25 : 0.0, 1e-5) << shape << " " << a << " " << b;
      }
  }
}

TEST(InitialWeights, OrthogonalOnesAreSpreadEvenly) {
  Rng rng(5);
  double trace = 0.0;  // zero on average only if the signs of the factorisation are undone
  for (int i = 0; i < 2000; ++i) {
    const std::vector<float> w = orthogonal({2, 2}, 1.0, rng).to_vector();
    trace += (double{w[0]} + w[3]) / 2000.0;
  }
  EXPECT_NEAR(trace, 0.0, 5.0 / std::sqrt(2000.0));
}

}  // namespace
}  // namespace tengen::nn
