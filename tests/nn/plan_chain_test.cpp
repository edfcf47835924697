// Convolutions that read one another's results become a chain, in which nothing stands between.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/infer/plan.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

// The same numbers for the same shape and stream.
Tensor random_tensor(const Shape& shape, uint64_t stream, float scale) {
  Rng rng(17, stream);
  Tensor tensor(shape);
  for (float& x : tensor.values()) x = scale * static_cast<float>(rng.normal());
  return tensor;
}

Var conv(const Var& x, int64_t kernel, int64_t out, uint64_t stream) {
  const int64_t in = x.shape()[3];
  const float scale = 1.0f / std::sqrt(static_cast<float>(kernel * kernel * in));
  return conv2d(x, Var(random_tensor({kernel, kernel, in, out}, stream, scale)), Var(),
                {.padding = kernel / 2});
}

Var norm(const Var& x, uint64_t stream) {
  const Shape c{x.shape()[3]};
  Tensor gamma = random_tensor(c, stream, 0.2f), variance(c);
  for (float& value : gamma.values()) value += 1.0f;
  variance.fill(1.0f);
  return batch_norm_infer(x, Var(gamma), Var(random_tensor(c, stream + 1, 0.3f)),
                          random_tensor(c, stream + 2, 0.3f), variance, 1e-5f);
}

// Two blocks of x + conv(relu(norm(conv(relu(norm(x)))))), the second with a pooled bias.
std::vector<Var> preactivation_tower(const std::vector<Var>& in) {
  Var x = conv(in[0], 5, 24, 1);
  for (uint64_t block = 0; block < 2; ++block) {
    const uint64_t stream = 100 * (block + 1);
    const Var a = relu(norm(x, stream));
    Var y = conv(a, 3, 24, stream + 10);
    if (block == 1) {
      const Var pooled = global_max_pool(relu(norm(conv(a, 3, 8, stream + 20), stream + 30)));
      y = add(y, linear(pooled, Var(random_tensor({8, 24}, stream + 40, 0.3f)), Var()));
    }
    x = add(x, conv(relu(norm(y, stream + 50)), 3, 24, stream + 60));
  }
  return {relu(norm(x, 300)), x};
}

// A value that convolutions of two sizes read and that is also an output.
std::vector<Var> fork(const std::vector<Var>& in) {
  const Var x = relu(conv(in[0], 3, 20, 1));
  return {x, add(conv(x, 3, 9, 2), conv(x, 5, 9, 3)), conv(conv(x, 3, 9, 4), 3, 40, 5)};
}

// What one convolution makes is read in another shape.
std::vector<Var> reshaped(const std::vector<Var>& in) {
  const Var x = relu(conv(in[0], 3, 16, 1));
  const Shape& s = x.shape();
  const Var wide = reshape(x, {s[0], s[2], s[1], 16}), deep = reshape(x, {s[0], s[1], s[2] * 2, 8});
  return {conv(x, 3, 5, 2), conv(wide, 3, 5, 2), conv(deep, 3, 7, 3)};
}

struct Results {
  std::vector<std::vector<float>> outputs;
  std::vector<float*> pointers;
};
Results run(const Plan& plan, const Tensor& x) {
  Results r;
  for (const Shape& shape : plan.output_shapes()) r.outputs.emplace_back(shape.size(), -7.0f);
  for (auto& output : r.outputs) r.pointers.push_back(output.data());
  const float* in = x.data();
  const auto workspace = plan.make_workspace();
  plan.run({&in, 1}, r.pointers, *workspace);
  return r;
}

// In float32 to 1e-4 of the largest number, in others the mean error.
void expect_equal(const Forward& network, const Shape& shape, PlanPrecision precision,
                  double tolerance) {
  SCOPED_TRACE(shape.text() + " " + plan_precision_name(precision));
  const Tensor x = random_tensor(shape, 40, 1.0f), y = random_tensor(shape, 41, 1.0f);
  const Plan plan(trace(network, {shape}),
                  {.precision = precision, .calibration = {{x.data()}, {y.data()}}});
  const NoGrad no_grad;
  const std::vector<Var> expected = network({Var(x)});
  const Results got = run(plan, x);
  for (size_t i = 0; i < expected.size(); ++i) {
    const std::vector<float> want = expected[i].value().to_vector();
    double error = 0, size = 0;
    for (size_t j = 0; j < want.size(); ++j) {
      error += std::pow(got.outputs[i][j] - want[j], 2);
      size += std::pow(want[j], 2);
    }
    EXPECT_LT(std::sqrt(error / size), tolerance) << "output " << i;
  }
}

TEST(PlanChain, EqualsTheNetworkInEveryPrecision) {
  for (const Forward& network : {Forward(preactivation_tower), Forward(fork), Forward(reshaped)})
    for (const Shape& shape :
         {Shape{1, 9, 9, 13}, Shape{2, 7, 5, 16}, Shape{1, 19, 19, 9}, Shape{3, 1, 1, 8}}) {
      expect_equal(network, shape, PlanPrecision::kFloat32, 1e-5);
      expect_equal(network, shape, PlanPrecision::kInt16, 5e-3);
      expect_equal(network, shape, PlanPrecision::kBfloat16, 1e-2);
    }
}

TEST(PlanChain, NothingStandsBetweenConvolutions) {
  const Plan plan(trace(preactivation_tower, {{1, 9, 9, 13}}));
  const std::string summary = plan.summary();
  EXPECT_EQ(summary.find("batch_norm"), std::string::npos) << summary;
  EXPECT_EQ(summary.find("\nrelu"), std::string::npos) << summary;
  EXPECT_EQ(summary.find("\nfeed"), std::string::npos) << summary;  // but for the first line
  EXPECT_EQ(summary.find("feed [1,9,9,13]"), 0u) << summary;
  EXPECT_NE(summary.find("+ residual, * factor + term + relu, feed"), std::string::npos) << summary;
}

TEST(PlanChain, Int16WithoutCalibrationIsRefused) {
  const Tensor x = random_tensor({1, 9, 9, 8}, 1, 1.0f);
  const Plan int16(trace(fork, {x.shape()}),
                   {.precision = PlanPrecision::kInt16, .calibration = {{x.data()}}});
  if (int16.precision() != PlanPrecision::kInt16) GTEST_SKIP() << "no int16 on this processor";
  const Graph graph = trace(fork, {{1, 9, 9, 8}});
  EXPECT_THROW(Plan(graph, {.precision = PlanPrecision::kInt16, .calibration = {}}), CheckFailure);
}

// What calibration never saw is cut off, not wrapped around: signs stay.
TEST(PlanChain, Int16CutsOffWhatIsTooLarge) {
  const Shape shape{1, 9, 9, 32};
  const auto network = [](const std::vector<Var>& in) {
    Tensor ones({3, 3, 32, 16});
    ones.fill(1.0f);
    return std::vector<Var>{conv2d(in[0], Var(ones), Var(), {.padding = 1})};
  };
  const Tensor small = random_tensor(shape, 2, 1.0f);
  const Plan plan(trace(network, {shape}),
                  {.precision = PlanPrecision::kInt16, .calibration = {{small.data()}}});
  if (plan.precision() != PlanPrecision::kInt16) GTEST_SKIP() << "no int16 on this processor";
  Tensor large(shape);
  large.fill(1e9f);
  const Results got = run(plan, large);
  for (const float value : got.outputs[0]) EXPECT_TRUE(std::isfinite(value));
  const float middle = got.outputs[0][(4 * 9 + 4) * 16];
  EXPECT_GT(middle, 0.0f);
}

}  // namespace
}  // namespace tengen::nn
