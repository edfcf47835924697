#include "nn/base/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace tengen {
namespace {

constexpr int kDraws = 100000;

TEST(Rng, SameNameSameNumbersOtherStreamOthers) {
  Rng a(7, 3), b(7, 3), c(7, 4);
  int equal_to_c = 0;
  for (int i = 0; i < 100; ++i) {
    const uint64_t x = a.bits();
    EXPECT_EQ(x, b.bits());
    equal_to_c += x == c.bits();
  }
  EXPECT_EQ(equal_to_c, 0);
}

TEST(Rng, GoesOnFromItsCounter) {
  Rng a(1, 2);
  for (int i = 0; i < 10; ++i) a.bits();
  Rng b(1, 2, a.drawn());
  EXPECT_EQ(a.bits(), b.bits());
}

TEST(Rng, BelowIsUniform) {
  Rng rng(1);
  std::vector<int> counts(7);
  for (int i = 0; i < kDraws; ++i) ++counts[rng.below(7)];
  // Chi-squared with 6 degrees of freedom exceeds 27.9 once in ten thousand.
  double chi = 0.0;
  for (int n : counts) chi += std::pow(n - kDraws / 7.0, 2) / (kDraws / 7.0);
  EXPECT_LT(chi, 27.9);
}

TEST(Rng, NormalAndGammaHaveTheirMoments) {
  Rng rng(2);
  double sum = 0, squares = 0, gamma_small = 0, gamma_large = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
    gamma_small += rng.gamma(0.3);
    gamma_large += rng.gamma(4.0);
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1.0, 0.03);
  EXPECT_NEAR(gamma_small / kDraws, 0.3, 0.02);
  EXPECT_NEAR(gamma_large / kDraws, 4.0, 0.05);
}

TEST(Rng, DirichletSumsToOneEvenForTinyAlpha) {
  Rng rng(3);
  for (double alpha : {1e-6, 0.1, 1.0, 30.0}) {
    std::vector<float> out(20);
    rng.dirichlet(alpha, out);
    double sum = 0;
    for (float x : out) {
      EXPECT_GE(x, 0.0f);
      sum += x;
    }
    EXPECT_NEAR(sum, 1.0, 1e-5) << alpha;
  }
}

TEST(Rng, PickFollowsTheWeights) {
  Rng rng(4);
  const std::vector<float> weights = {0.0f, 1.0f, 3.0f, 0.0f};
  std::vector<int> counts(4);
  for (int i = 0; i < kDraws; ++i) ++counts[static_cast<size_t>(rng.pick(weights))];
  EXPECT_EQ(counts[0], 0);
  EXPECT_EQ(counts[3], 0);
  EXPECT_NEAR(counts[2] / static_cast<double>(kDraws), 0.75, 0.01);
}

}  // namespace
}  // namespace tengen
