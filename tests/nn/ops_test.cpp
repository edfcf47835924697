// Every case of op_cases.cpp: values, gradients, and one device against the other.
#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/check.h"
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

class Operation : public testing::TestWithParam<OpCase> {};
class OperationFormula : public Operation {};
class OperationGradient : public Operation {};

TEST_P(OperationFormula, IsTheReferenceValue) {
  const OpCase& c = GetParam();
  const std::vector<Var> inputs = inputs_on(c, reference_device());
  std::vector<Doubles> values;
  for (const Var& input : inputs) {
    const std::vector<float> floats = input.value().to_vector();
    values.emplace_back(floats.begin(), floats.end());
  }
  const Doubles expected = c.oracle(values);
  const std::vector<float> got = c.run(inputs).value().to_vector();
  ASSERT_EQ(got.size(), expected.size());
  double scale = 1.0;
  for (double value : expected) scale = std::max(scale, std::abs(value));
  for (size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(got[i], expected[i], 1e-5 * scale) << "element " << i;
}

TEST_P(Operation, CpuDeviceAgreesWithReference) {
  const OpCase& c = GetParam();
  const std::vector<Var> fast = inputs_on(c, cpu_device());
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

TEST_P(OperationGradient, IsThatOfFiniteDifferences) {
  const OpCase& c = GetParam();
  for (Device* device : {&reference_device(), &cpu_device()}) {
    const GradcheckResult result = check_gradient(c, *device, {.step = 5e-3});
    EXPECT_LT(result.difference, 5e-3) << device->name() << ": " << result.text();
  }
}

std::vector<OpCase> cases_that(bool (*fit)(const OpCase&)) {
  std::vector<OpCase> cases = op_cases();
  std::erase_if(cases, [&](const OpCase& c) { return !fit(c); });
  return cases;
}

std::string name_of(const testing::TestParamInfo<OpCase>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Cases, Operation, testing::ValuesIn(op_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, OperationFormula, testing::ValuesIn(cases_that([](const OpCase& c) {
                           return static_cast<bool>(c.oracle);
                         })),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Cases, OperationGradient,
                         testing::ValuesIn(cases_that([](const OpCase& c) { return c.numeric; })),
                         name_of);

Var zeros(Shape shape) { return Var(Tensor(std::move(shape))); }

void expect_refused(const std::function<void()>& call, const std::string& names,
                    const std::string& and_names) {
  try {
    call();
    ADD_FAILURE() << "accepted, though " << names << " was wrong";
  } catch (const CheckFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find(names), std::string::npos) << failure.what();
    EXPECT_NE(std::string(failure.what()).find(and_names), std::string::npos) << failure.what();
  }
}

TEST(OperationShapes, WrongOnesAreNamedWithWhatWasExpected) {
  expect_refused([] { add(zeros({2, 3}), zeros({4})); }, "add: expected", "got [4]");
  expect_refused([] { add(zeros({3, 9, 9, 8}), zeros({9, 8})); }, "[N,C]", "got [9,8]");
  expect_refused([] { matmul(zeros({2, 3}), zeros({2, 3})); }, "b [3,n]", "got [2,3]");
  expect_refused([] { linear(zeros({2, 5}), zeros({4, 3}), Var()); }, "x [...,4]", "got [2,5]");
  expect_refused([] { linear(zeros({2, 4}), zeros({4, 3}), zeros({4})); }, "bias [3]", "got [4]");
  expect_refused(
      [] {
        conv2d(zeros({2, 5}), zeros({3, 3, 1, 1}), Var(), {});
      },
      "x [N,H,W,C]", "got [2,5]");
  expect_refused(
      [] {
        conv2d(zeros({1, 5, 5, 2}), zeros({3, 3, 4, 1}), Var(), {});
      },
      "weight [kh,kw,2,K]", "got [3,3,4,1]");
  expect_refused(
      [] {
        conv2d(zeros({1, 2, 2, 2}), zeros({3, 3, 2, 1}), Var(), {});
      },
      "at least as large", "got [1,2,2,2]");
  expect_refused(
      [] {
        conv2d(zeros({1, 5, 5, 6}), zeros({3, 3, 2, 4}), Var(), {.groups = 2});
      },
      "weight [kh,kw,3,K]", "got [3,3,2,4]");
  expect_refused(
      [] {
        conv2d(zeros({1, 5, 5, 6}), zeros({3, 3, 3, 3}), Var(), {.groups = 2});
      },
      "outputs that 2 groups divide", "got [3,3,3,3]");
  expect_refused(
      [] {
        conv2d(zeros({1, 5, 5, 2}), zeros({3, 3, 2, 1}), Var(), {.dilation = 3});
      },
      "at least as large", "got [1,5,5,2]");
  expect_refused(
      [] {
        conv_transpose2d(zeros({1, 5, 5, 2}), zeros({3, 3, 2, 1}), Var(), {});
      },
      "weight [kh,kw,K,2]", "got [3,3,2,1]");
  expect_refused(
      [] {
        conv_transpose2d(zeros({1, 1, 1, 2}), zeros({1, 1, 2, 2}), Var(), {.padding = 1});
      },
      "larger than", "got [1,1,1,2]");
  expect_refused([] { max_pool2d(zeros({1, 3, 1, 2}), {}); }, "window [2,2]", "got [1,3,1,2]");
  expect_refused([] { average_pool2d(zeros({3, 2}), {}); }, "average_pool2d", "got [3,2]");
  expect_refused([] { reshape(zeros({2, 3}), {5}); }, "reshape", "[2,3]");
  expect_refused([] { concat({zeros({2, 3}), zeros({3, 3})}, 1); }, "concat", "got [3,3]");
  expect_refused([] { slice(zeros({2, 3}), 1, 2, 4); }, "slice", "got [2,3]");
  expect_refused([] { global_mean_pool(zeros({2, 3})); }, "global_mean_pool", "got [2,3]");
  expect_refused(
      [] {
        cross_entropy(zeros({2, 3}), Tensor(Shape{2}), Tensor());
      },
      "target [2,3]", "got [2]");
  expect_refused(
      [] {
        mse_loss(zeros({2, 3}), Tensor(Shape{2, 3}), Tensor(Shape{3}));
      },
      "weight [2]", "got [3]");
}

}  // namespace
}  // namespace tengen::nn
