// Every case of tests/nn/layer_cases.cpp, with its layer moved to the GPU, beside the same layer
// on the CPU, and finite differences.
#include <algorithm>
#include <cmath>

#include "nn/ops.h"
#include "tests/cuda/device_under_test.h"
#include "tests/nn/layer_cases.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

using Named = std::vector<std::pair<std::string, std::vector<float>>>;

// Result, gradients and buffers of two steps: what the second computes depends on what the first
// left in buffers.
Named outcome(const LayerCase& c, bool training, Device& device) {
  const std::unique_ptr<Module> layer = c.make();
  layer->to(device);
  layer->train(training);
  Named all;
  for (int step = 0; step < 2; ++step) {
    std::vector<Var> inputs;
    for (size_t i = 0; i < c.inputs.size(); ++i)
      inputs.emplace_back(Tensor(c.inputs[i], spread_values(c.inputs[i].size(), i), device), true);
    const Var result = c.run(*layer, inputs);
    all.emplace_back("result", result.value().to_vector());
    backward(probed(result));
    for (size_t i = 0; i < inputs.size(); ++i)
      all.emplace_back("gradient of input " + std::to_string(i), inputs[i].grad().to_vector());
  }
  for (const NamedVar& parameter : layer->parameters())
    all.emplace_back("gradient of " + parameter.path, parameter.var.grad().to_vector());
  for (const NamedTensor& buffer : layer->buffers())
    all.emplace_back(buffer.path, buffer.tensor.to_vector());
  return all;
}

void expect_near(const Named& got, const Named& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t k = 0; k < got.size(); ++k) {
    const auto& [name, values] = expected[k];
    ASSERT_EQ(got[k].second.size(), values.size()) << name;
    float scale = 1.0f;
    for (float value : values) scale = std::max(scale, std::abs(value));
    for (size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(got[k].second[i], values[i], 5e-5f * scale) << name << ", element " << i;
  }
}

class GpuLayer : public OnGpu<testing::TestWithParam<LayerCase>> {};

TEST_P(GpuLayer, DoesAsOnTheCpuInTrainingAndEvaluation) {
  for (const bool training : {true, false}) {
    SCOPED_TRACE(training ? "training" : "evaluation");
    expect_near(outcome(GetParam(), training, device_under_test()),
                outcome(GetParam(), training, cpu_device()));
  }
}

TEST_P(GpuLayer, HasTheGradientOfFiniteDifferences) {
  for (const bool training : {true, false}) {
    const GradcheckResult result =
        check_gradient(GetParam(), training, {.step = 5e-3}, device_under_test());
    EXPECT_LT(result.difference, 2e-2)
        << (training ? "training: " : "evaluation: ") << result.text();
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GpuLayer, testing::ValuesIn(layer_cases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tengen::nn
