// Every case of tests/nn/op_cases.cpp on the GPU: values and gradients beside the reference
// device's, and finite differences of its own.
#include <algorithm>
#include <cmath>

#include "tests/cuda/device_under_test.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

void expect_near(const Tensor& got, const Tensor& expected, const std::string& what) {
  ASSERT_EQ(got.shape(), expected.shape()) << what;
  const std::vector<float> a = got.to_vector(), b = expected.to_vector();
  float scale = 1.0f;
  for (float value : b) scale = std::max(scale, std::abs(value));
  for (size_t i = 0; i < a.size(); ++i)
    ASSERT_NEAR(a[i], b[i], 3e-5f * scale) << what << ", element " << i;
}

class GpuOperation : public OnGpu<testing::TestWithParam<OpCase>> {};
class GpuOperationGradient : public GpuOperation {};

TEST_P(GpuOperation, AgreesWithReference) {
  const OpCase& c = GetParam();
  const std::vector<Var> fast = inputs_on(c, device_under_test());
  const std::vector<Var> plain = inputs_on(c, reference_device());
  const Var fast_result = c.run(fast), plain_result = c.run(plain);
  expect_near(fast_result.value(), plain_result.value(), "value");
  backward(probed(fast_result));
  backward(probed(plain_result));
  for (size_t i = 0; i < plain.size(); ++i) {
    ASSERT_EQ(fast[i].grad().defined(), plain[i].grad().defined());
    if (plain[i].grad().defined())
      expect_near(fast[i].grad(), plain[i].grad(), "gradient of input " + std::to_string(i));
  }
}

TEST_P(GpuOperationGradient, IsThatOfFiniteDifferences) {
  const GradcheckResult result = check_gradient(GetParam(), device_under_test(), {.step = 5e-3});
  EXPECT_LT(result.difference, 5e-3) << result.text();
}

std::string name_of(const testing::TestParamInfo<OpCase>& info) { return info.param.name; }

std::vector<OpCase> numeric_cases() {
  std::vector<OpCase> cases = op_cases();
  std::erase_if(cases, [](const OpCase& c) { return !c.numeric; });
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Cases, GpuOperation, testing::ValuesIn(op_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, GpuOperationGradient, testing::ValuesIn(numeric_cases()), name_of);

}  // namespace
}  // namespace tengen::nn
