// Regressions: by hand, against each other, and their errors.
#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/classics/linear_model.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

using Floats = std::vector<float>;

Tensor normals(const Shape& shape, uint64_t stream) {
  Rng rng(3, stream);
  Tensor out(shape);
  for (float& value : out.values()) value = static_cast<float>(rng.normal());
  return out;
}

void expect_same(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.shape(), b.shape());
  for (int64_t i = 0; i < a.size(); ++i)
    EXPECT_NEAR(a.values()[i], b.values()[i], tolerance) << "element " << i;
}

// Anscombe's quartet (1973), data sets 1 and 2: the same line, y = 3.00 + 0.500 x.
TEST(LinearRegression, FitsAnscombesQuartet) {
  const Tensor x({11, 1}, Floats{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5});
  const Tensor y({11, 2},
                 Floats{8.04, 9.14, 6.95, 8.14, 7.58, 8.74,  8.81, 8.77, 8.33, 9.26, 9.96,
                        8.10, 7.24, 6.13, 4.26, 3.10, 10.84, 9.13, 4.82, 7.26, 5.68, 4.74});
  const LinearModel model = fit_linear(x, y);
  for (int64_t set = 0; set < 2; ++set) {
    EXPECT_NEAR(model.weight.values()[set], 0.500, 1e-3);
    EXPECT_NEAR(model.bias.values()[set], 3.00, 5e-3);
  }
  EXPECT_NEAR(model.predict(Tensor({1, 1}, Floats{20})).values()[0], 13.0, 0.01);
}

TEST(LinearRegression, SurvivesDependentColumns) {
  const Tensor x({4, 2}, Floats{1, 2, 2, 4, 3, 6, 4, 8});
  const Tensor y({4, 1}, Floats{3, 5, 7, 9});
  const Tensor prediction = fit_linear(x, y).predict(x);
  expect_same(prediction, y, 1e-5);
}

// x = -1, 1 and y = 0, 2 around their means: w = 2 / (2 + ridge), b = 1.
TEST(RidgeRegression, ByHand) {
  const LinearModel model =
      fit_ridge(Tensor({2, 1}, Floats{-1, 1}), Tensor({2, 1}, Floats{0, 2}), 2.0f);
  EXPECT_NEAR(model.weight.item(), 0.5, 1e-6);
  EXPECT_NEAR(model.bias.item(), 1.0, 1e-6);
}

TEST(LinearRegression, ClosedFormAndDescentAgree) {
  const Tensor x = normals({60, 4}, 1);
  Tensor y = normals({60, 2}, 2);
  for (int64_t row = 0; row < 60; ++row)
    y.values()[2 * row] += 3.0f * x.values()[4 * row] - 2.0f + x.values()[4 * row + 3];
  for (const float ridge : {0.0f, 5.0f}) {
    const LinearModel exact = ridge > 0.0f ? fit_ridge(x, y, ridge) : fit_linear(x, y);
    const LinearModel descended = descend_linear(x, y, ridge);
    expect_same(descended.weight, exact.weight, 1e-4);
    expect_same(descended.bias, exact.bias, 1e-4);
  }
}

// One column of 0 and 1: the bias is the log of the odds at 0, the weight the log of their ratio.
TEST(LogisticRegression, OfATwoByTwoTableIsItsLogOddsRatio) {
  Floats x, y;
  const auto add = [&](float at, float label, int times) {
    for (int i = 0; i < times; ++i) x.push_back(at), y.push_back(label);
  };
  add(0, 0, 30), add(0, 1, 10), add(1, 0, 5), add(1, 1, 25);
  const LinearModel model = fit_logistic(Tensor({70, 1}, x), Tensor({70, 1}, y), 0.0f);
  EXPECT_NEAR(model.bias.item(), std::log(10.0 / 30.0), 1e-5);
  EXPECT_NEAR(model.weight.item(), std::log((25.0 / 5.0) / (10.0 / 30.0)), 1e-5);
}

TEST(LogisticRegression, NewtonAndDescentAgree) {
  const Tensor x = normals({80, 3}, 4), noise = normals({80, 1}, 5);
  Tensor y(Shape{80, 1});
  for (int64_t row = 0; row < 80; ++row)
    y.values()[row] =
        x.values()[3 * row] - 0.5f * x.values()[3 * row + 1] + noise.values()[row] > 0.3f ? 1.0f
                                                                                          : 0.0f;
  for (const float ridge : {0.0f, 1.0f}) {
    const LinearModel exact = fit_logistic(x, y, ridge);
    const LinearModel descended =
        descend_logistic(x, y, ridge, {.steps = 3000, .learning_rate = 0.5f});
    expect_same(descended.weight, exact.weight, 5e-4);
    expect_same(descended.bias, exact.bias, 5e-4);
  }
}

TEST(Regression, BadDataIsNamed) {
  const Tensor x({2, 1}, Floats{1, NAN}), fine({2, 1}, Floats{0, 1});
  EXPECT_NE(error_of([&] { fit_linear(x, fine); }).find("row 1 of x"), std::string::npos);
  EXPECT_NE(error_of([&] { fit_ridge(fine, x, 1.0f); }).find("row 1 of y"), std::string::npos);
  EXPECT_NE(error_of([&] {
              fit_logistic(fine, Tensor({2, 1}, Floats{0, 2}), 0.0f);
            }).find("row 1"),
            std::string::npos);
  EXPECT_NE(error_of([&] { fit_logistic(fine, fine, 0.0f); }).find("separates"), std::string::npos);
  EXPECT_EQ(error_of([&] { fit_logistic(fine, fine, 0.1f); }), "");
  EXPECT_THROW(fit_linear(fine, Tensor(Shape{3, 1})), CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
