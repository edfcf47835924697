// Every operation and every layer against finite differences in double.
#include <gtest/gtest.h>

#include "tests/nn/layer_cases.h"
#include "tests/nn/op_cases.h"
#include "tests/nn/wrong_gradients.h"

namespace tengen::nn {
namespace {

static_assert(sizeof(float) == 8, "tests/nn_double/in_double.h was not included");

constexpr GradcheckOptions kFine{.step = 1e-5, .max_elements = 500};
constexpr double kTolerance = 1e-7;

class OperationInDouble : public testing::TestWithParam<OpCase> {};
TEST_P(OperationInDouble, GradientIsThatOfFiniteDifferences) {
  const GradcheckResult result = check_gradient(GetParam(), reference_device(), kFine);
  EXPECT_LT(result.difference, kTolerance) << result.text();
}

class LayerInDouble : public testing::TestWithParam<LayerCase> {};
TEST_P(LayerInDouble, GradientIsThatOfFiniteDifferences) {
  for (const bool training : {true, false}) {
    const GradcheckResult result = check_gradient(GetParam(), training, kFine);
    EXPECT_LT(result.difference, kTolerance)
        << (training ? "training: " : "evaluation: ") << result.text();
  }
}

class WrongGradientInDouble : public testing::TestWithParam<OpCase> {};
TEST_P(WrongGradientInDouble, IsCaught) {
  EXPECT_GT(check_gradient(GetParam(), reference_device(), kFine).difference, 100 * kTolerance);
}

std::vector<OpCase> numeric_cases() {
  std::vector<OpCase> cases = op_cases();
  std::erase_if(cases, [](const OpCase& c) { return !c.numeric; });
  return cases;
}

template <class Case>
std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Cases, OperationInDouble, testing::ValuesIn(numeric_cases()),
                         name_of<OpCase>);
INSTANTIATE_TEST_SUITE_P(Cases, LayerInDouble, testing::ValuesIn(layer_cases()),
                         name_of<LayerCase>);
INSTANTIATE_TEST_SUITE_P(Cases, WrongGradientInDouble,
                         testing::ValuesIn(wrong_gradients(/*smallest_mistake=*/1e-4)),
                         name_of<OpCase>);

}  // namespace
}  // namespace tengen::nn
