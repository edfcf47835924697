// gradcheck itself: planted mistakes on every device, layers on the default one, its report.
#include "nn/gradcheck.h"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/layers/batch_norm.h"
#include "nn/layers/linear.h"
#include "tests/nn/layer_cases.h"
#include "tests/nn/wrong_gradients.h"

namespace tengen::nn {
namespace {

constexpr double kTolerance = 5e-3;  // of ops_test.cpp

class WrongGradient : public testing::TestWithParam<OpCase> {};
TEST_P(WrongGradient, IsCaughtOnEveryDevice) {
  for (Device* device : {&reference_device(), &cpu_device()})
    EXPECT_GT(check_gradient(GetParam(), *device, {.step = 5e-3}).difference, 1.5 * kTolerance)
        << device->name();
}
INSTANTIATE_TEST_SUITE_P(Cases, WrongGradient,
                         testing::ValuesIn(wrong_gradients(/*smallest_mistake=*/0.01)),
                         [](const auto& info) { return info.param.name; });

class LayerGradient : public testing::TestWithParam<LayerCase> {};
TEST_P(LayerGradient, IsThatOfFiniteDifferences) {
  for (const bool training : {true, false}) {
    const GradcheckResult result = check_gradient(GetParam(), training, {.step = 5e-3});
    EXPECT_LT(result.difference, 4 * kTolerance)
        << (training ? "training: " : "evaluation: ") << result.text();
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, LayerGradient, testing::ValuesIn(layer_cases()),
                         [](const auto& info) { return info.param.name; });

TEST(Gradcheck, SaysWhereTheDifferenceIs) {
  const Var x(Tensor({3}, std::vector<float>{0.5f, -1.5f, 2.0f}));
  const auto doubled_last = [](const std::vector<Var>& in) {
    const Tensor value = in[0].value().clone();
    return sum(make_var(value, {in[0]}, [in](const Tensor& dy) {
      Tensor wrong = dy.clone();
      wrong.view(2, {1}).fill(2.0f);
      in[0].add_grad(wrong);
    }));
  };
  const GradcheckResult result = gradcheck_report(doubled_last, {x});
  EXPECT_NEAR(result.difference, 0.5, 1e-2);
  EXPECT_EQ(result.place, "input 0, element 2");
  EXPECT_NEAR(result.analytic, 2.0, 1e-6);
  EXPECT_NEAR(result.numeric, 1.0, 1e-3);
}

TEST(Gradcheck, NotANumberIsNeverFine) {
  const Var x(Tensor({1}, std::vector<float>{1.0f}));
  const auto broken = [](const std::vector<Var>& in) { return sum(scale(in[0], NAN)); };
  EXPECT_FALSE(gradcheck(broken, {x}) < 1.0);
}

TEST(Gradcheck, ChecksTheParametersOfAModuleAndLeavesThemAlone) {
  Rng rng(1);
  Linear layer(3, 2, rng);
  BatchNorm norm(2);
  const Var x(Tensor({4, 3}, spread_values(12, 1)));
  const std::vector<float> weight = layer.state()[0].tensor.to_vector();
  const auto right = [&] { return sum(square(layer.forward(x))); };
  EXPECT_LT(gradcheck_report(layer, right).difference, 1e-2);
  EXPECT_EQ(layer.state()[0].tensor.to_vector(), weight);
  EXPECT_FALSE(layer.parameters()[0].var.grad().defined());

  const std::vector<float> mean = norm.buffers()[0].tensor.to_vector();
  gradcheck_report(norm, [&] { return sum(norm.forward(layer.forward(x))); });
  EXPECT_EQ(norm.buffers()[0].tensor.to_vector(), mean);

  // A loss that leaves the tape: the bias seems to have no effect on it.
  const auto detached = [&] { return add(sum(square(Var(layer.forward(x).value()))), right()); };
  const GradcheckResult caught = gradcheck_report(layer, detached);
  EXPECT_GT(caught.difference, 0.4);
  EXPECT_NE(caught.place.find(", element "), std::string::npos);
}

}  // namespace
}  // namespace tengen::nn
