// What a plan on the GPU computes is what the network computes: every operation and layer in
// float32, residual towers in float16 too.
#include <algorithm>
#include <cmath>
#include <string>

#include "agents/policy_value_net.h"
#include "nn/base/check.h"
#include "nn/cuda/cuda_plan.h"
#include "tests/agents/small_net.h"
#include "tests/cuda/device_under_test.h"
#include "tests/nn/traced_cases.h"

namespace tengen::nn {
namespace {

struct Compared {
  std::vector<std::vector<float>> got, expected;
  std::string summary;

  // Of the numbers that are finite, against the largest.
  void expect_equal(float tolerance) const {
    for (size_t o = 0; o < got.size(); ++o) {
      float scale = 1.0f;
      for (const float x : expected[o])
        if (std::isfinite(x)) scale = std::max(scale, std::abs(x));
      for (size_t i = 0; i < got[o].size(); ++i) {
        if (!std::isfinite(expected[o][i]))
          ASSERT_EQ(std::isnan(got[o][i]) ? 0.0f : got[o][i],
                    std::isnan(expected[o][i]) ? 0.0f : expected[o][i])
              << summary;
        else
          ASSERT_NEAR(got[o][i], expected[o][i], tolerance * scale) << summary;
      }
    }
  }
  // Of what rounding to half precision leaves.
  void expect_near(double tolerance) const {
    for (size_t o = 0; o < got.size(); ++o) {
      double error = 0, size = 0;
      for (size_t i = 0; i < got[o].size(); ++i) {
        error += std::pow(got[o][i] - expected[o][i], 2);
        size += std::pow(expected[o][i], 2);
      }
      EXPECT_LE(std::sqrt(error), tolerance * std::sqrt(size)) << summary;
    }
  }
};

Compared compare(const Forward& network, const std::vector<Tensor>& inputs, PlanPrecision precision,
                 ConvolutionChoice::Trials trials = ConvolutionChoice::Trials::kMeasure) {
  std::vector<Shape> shapes;
  std::vector<const float*> in;
  for (const Tensor& input : inputs) {
    shapes.push_back(input.shape());
    in.push_back(input.data());
  }
  ConvolutionChoice choice(trials);
  const CudaPlan plan(trace(network, shapes), device_under_test(), precision, choice);
  Compared result;
  result.summary = plan.summary();
  std::vector<float*> out;
  for (const Shape& shape : plan.output_shapes())
    result.got.emplace_back(static_cast<size_t>(shape.size()), -77.0f);
  for (std::vector<float>& values : result.got) out.push_back(values.data());
  plan.run(in, out);
  plan.run(in, out);  // of a captured graph the first may be luck
  const NoGrad no_grad;
  for (const Var& y : network(std::vector<Var>(inputs.begin(), inputs.end())))
    result.expected.push_back(y.value().to_vector());
  return result;
}

using GpuPlan = OnGpu<>;

TEST_F(GpuPlan, EachOperationIsWhatTheNetworkComputes) {
  for (const OpCase& c : op_cases()) {
    SCOPED_TRACE(c.name);
    if (!can_be_traced(network_of(c), {c.inputs[0]})) continue;
    compare(network_of(c), inputs_of({c.inputs[0]}), PlanPrecision::kFloat32).expect_equal(2e-5f);
  }
}

// Nothing is a parameter: weights too are computed, as inputs of the network.
TEST_F(GpuPlan, OnlyRecurrentWeightsMustBeParameters) {
  int compared = 0;
  for (const OpCase& c : op_cases()) {
    SCOPED_TRACE(c.name);
    if (c.name.starts_with("batch_norm_infer") || c.name.find("big") != std::string::npos) continue;
    const Forward network = [&](const Vars& in) { return Vars{c.run(in)}; };
    if (!can_be_traced(network, c.inputs)) continue;
    try {
      compare(network, inputs_of(c.inputs), PlanPrecision::kFloat32).expect_equal(2e-5f);
      ++compared;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("must be a parameter"), std::string::npos)
          << error.what();
    }
  }
  EXPECT_GE(compared, 80);
}

TEST_F(GpuPlan, EachLayerIsWhatItComputesInEitherPrecision) {
  for (const LayerCase& c : layer_cases()) {
    SCOPED_TRACE(c.name);
    if (!can_be_traced(network_of(c), c.inputs)) continue;
    compare(network_of(c), inputs_of(c.inputs), PlanPrecision::kFloat32).expect_equal(2e-5f);
    compare(network_of(c), inputs_of(c.inputs), PlanPrecision::kFloat16).expect_near(0.004);
  }
}

Tensor random_tensor(const Shape& shape, uint64_t seed, float scale = 1.0f) {
  Rng rng(seed);
  Tensor tensor(shape);
  for (float& x : tensor.values()) x = scale * static_cast<float>(rng.normal());
  return tensor;
}

// Tengen's own network: rectifiers last, a branch of pooling, heads.
Forward own_network(agents::PolicyValueNet& net) {
  return [&](const Vars& in) {
    const agents::PolicyValueOutput out = net.forward(in[0]);
    return Vars{out.policy, out.value, out.score, out.ownership};
  };
}

TEST_F(GpuPlan, TengensNetworkEqualsItself) {
  const auto net = agents::opinionated_net(envs::new_game("go:size=5")->spec(), 2);
  const Tensor x = random_tensor({3, 5, 5, net->config().planes}, 1);
  const Compared exact = compare(own_network(*net), {x}, PlanPrecision::kFloat32);
  exact.expect_equal(1e-5f);
  EXPECT_EQ(exact.summary.find("float16"), std::string::npos) << exact.summary;
  EXPECT_NE(exact.summary.find("captured"), std::string::npos) << exact.summary;
  // Two dozen roundings of 2^-11 on the way add up to less than this.
  const Compared half = compare(own_network(*net), {x}, PlanPrecision::kFloat16);
  half.expect_near(0.004);
  EXPECT_NE(half.summary.find("float16"), std::string::npos) << half.summary;
  EXPECT_NE(half.summary.find("+ row"), std::string::npos) << half.summary;
  EXPECT_NE(half.summary.find("captured"), std::string::npos) << half.summary;
}

// Blocks with the activation first, as in KataGo's networks, of so many channels; several inputs.
Forward katago_like(int64_t channels) {
  const auto weight = [](const Shape& shape, uint64_t seed) {
    const int64_t fan_in = shape.size() / shape[-1];
    return Var(random_tensor(shape, seed, 1.0f / std::sqrt(static_cast<float>(fan_in))));
  };
  const auto norm_relu = [channels](const Var& x, uint64_t seed) {
    Tensor variance = random_tensor({channels}, seed + 1, 0.1f);
    for (float& v : variance.values()) v = 1.0f + std::abs(v);
    return relu(batch_norm_infer(x, Var(random_tensor({channels}, seed + 2)),
                                 Var(random_tensor({channels}, seed + 3, 0.3f)),
                                 random_tensor({channels}, seed + 4, 0.3f), variance, 1e-5f));
  };
  return [=](const Vars& in) {
    Var x = conv2d(in[0], weight({3, 3, 6, channels}, 1), Var(), {.padding = 1});
    x = add(x, matmul(in[1], weight({19, channels}, 2)));
    for (uint64_t block = 0; block < 2; ++block) {
      const uint64_t seed = 100 * (block + 1);
      Var y = norm_relu(x, seed);
      y = conv2d(y, weight({3, 3, channels, channels}, seed + 10), Var(), {.padding = 1});
      y = norm_relu(y, seed + 20);
      x = add(x, conv2d(y, weight({3, 3, channels, channels}, seed + 30), Var(), {.padding = 1}));
    }
    x = norm_relu(x, 900);
    const Var policy = conv2d(x, weight({1, 1, channels, 1}, 901), Var(), {});
    const Var row = concat({global_mean_pool(x), global_max_pool(x)}, 1);
    const Shape& s = policy.shape();
    return Vars{
        concat({reshape(policy, {s[0], s[1] * s[2]}), matmul(row, weight({2 * channels, 1}, 902))},
               1),
        tanh(matmul(row, weight({2 * channels, 3}, 903)))};
  };
}

TEST_F(GpuPlan, BlocksWithTheActivationFirstJoinTheirNorms) {
  const std::vector<Tensor> inputs{random_tensor({2, 5, 4, 6}, 1), random_tensor({2, 19}, 2)};
  compare(katago_like(16), inputs, PlanPrecision::kFloat32).expect_equal(1e-5f);
  for (const int64_t channels : {16, 20}) {  // 20 are padded
    const Compared half = compare(katago_like(channels), inputs, PlanPrecision::kFloat16);
    half.expect_near(0.004);
    EXPECT_EQ(half.summary.find("batch_norm"), std::string::npos) << half.summary;
  }
}

// Whoever is the faster one on a chip: each of them is right.
TEST_F(GpuPlan, EveryChoiceOfConvolutionsIsRight) {
  using Trials = ConvolutionChoice::Trials;
  const std::vector<Tensor> inputs{random_tensor({2, 5, 4, 6}, 1), random_tensor({2, 19}, 2)};
  const auto summary = [&](Trials trials) {
    const Compared half = compare(katago_like(16), inputs, PlanPrecision::kFloat16, trials);
    half.expect_near(0.004);
    return half.summary;
  };
  const std::string first = summary(Trials::kFirst), second = summary(Trials::kSecond);
  EXPECT_NE(first.find("own trunk"), std::string::npos) << first;
  EXPECT_EQ(second.find("own trunk"), std::string::npos) << second;
}

TEST_F(GpuPlan, AnOperationThatIsNotKnownIsNamed) {
  Graph graph;
  graph.nodes = {{"input", {}, {}, {1, 4}, {}}, {"fourier", {0}, {}, {1, 4}, {}}};
  graph.inputs = {0};
  graph.outputs = {1};
  ConvolutionChoice choice;
  try {
    const CudaPlan plan(graph, device_under_test(), PlanPrecision::kFloat16, choice);
    FAIL() << "an unknown operation was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("fourier"), std::string::npos);
  }
}

}  // namespace
}  // namespace tengen::nn
