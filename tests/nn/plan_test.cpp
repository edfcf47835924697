// A plan computes what the traced network computes, without allocating, from several threads.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/infer/batch_evaluator.h"
#include "nn/infer/plan.h"
#include "nn/ops.h"
#include "tests/nn/count_allocations.h"

namespace tengen::nn {
namespace {

// Random parameters by name, the same at every call.
class Parameters {
 public:
  Var operator()(const std::string& name, Shape shape, float scale, float offset = 0.0f) {
    const auto found = vars_.find(name);
    if (found != vars_.end()) return found->second;
    Rng rng(11, vars_.size());
    Tensor tensor(shape);
    for (float& x : tensor.values()) x = offset + scale * static_cast<float>(rng.normal());
    return vars_.emplace(name, Var(tensor)).first->second;
  }
  Var conv(const std::string& name, const Var& x, int64_t kernel, int64_t out, bool bias = false,
           Conv2dOptions options = {}) {
    const int64_t in = x.shape()[3];
    const float scale = 1.0f / std::sqrt(static_cast<float>(kernel * kernel * in));
    return conv2d(x, (*this)(name + ".w", {kernel, kernel, in, out}, scale),
                  bias ? (*this)(name + ".b", {out}, 0.5f) : Var(), options);
  }
  Var norm(const std::string& name, const Var& x) {
    const Shape c{x.shape()[-1]};
    Tensor variance = (*this)(name + ".variance", c, 0.1f, 1.0f).value();
    return batch_norm_infer(x, (*this)(name + ".gamma", c, 0.2f, 1.0f),
                            (*this)(name + ".beta", c, 0.3f),
                            (*this)(name + ".mean", c, 0.3f).value(), variance, 1e-5f);
  }
  Var dense(const std::string& name, const Var& x, int64_t out) {
    const int64_t in = x.shape()[-1];
    return linear(x, (*this)(name + ".w", {in, out}, 1.0f / std::sqrt(static_cast<float>(in))),
                  (*this)(name + ".b", {out}, 0.5f));
  }

 private:
  std::map<std::string, Var> vars_;
};

// A residual tower with a global-pooling branch and two heads.
std::vector<Var> tower(Parameters& p, const Var& planes, int64_t channels) {
  Var x = relu(p.norm("stem", p.conv("stem", planes, 3, channels, false, {1, 1})));
  for (int block = 0; block < 2; ++block) {
    const std::string name = "block" + std::to_string(block);
    Var y = p.conv(name + ".1", x, 3, channels, false, {1, 1});
    if (block == 1) {
      const Var g = relu(p.norm(name + ".g", p.conv(name + ".g", x, 1, 7)));
      const Var pooled = concat({global_mean_pool(g), global_max_pool(g)}, 1);
      y = add(y, p.dense(name + ".p", pooled, channels));
    }
    y = relu(p.norm(name + ".n1", y));
    y = p.norm(name + ".n2", p.conv(name + ".2", y, 3, channels, false, {1, 1}));
    x = relu(add(y, x));
  }
  const Var head = relu(p.norm("head", p.conv("head", x, 1, 9, true)));
  const Shape& board = planes.shape();
  const Var points = reshape(p.conv("points", head, 1, 1), {board[0], board[1] * board[2]});
  const Var pass = p.dense("pass", global_mean_pool(head), 1);
  const Var value = tanh(p.dense("v2", relu(p.dense("v1", global_max_pool(head), 20)), 1));
  return {concat({points, pass}, 1), value};
}

// Every operation that is not in the tower, and the awkward orders of those that are.
std::vector<Var> oddities(Parameters& p, const Var& x) {
  const Var a = p.conv("a", x, 5, 6, true, {2, 1});
  const Var twice = add(a, a);
  const Var scaled_norm = p.norm("n", scale(relu(a), 0.7f));
  const Var other = add(sigmoid(twice), scaled_norm);
  const Var constant = multiply(other, p("c", {other.shape()[1], other.shape()[2], 6}, 1.0f));
  const Var part = slice(square(subtract(constant, a)), 3, 1, 4);
  const Var tail = add(scale(p.conv("t", part, 1, 5), 2.0f), p("term", {5}, 1.0f));
  const Var rest = relu(add(global_mean_pool(part), p("row", {3}, 1.0f)));
  const Var flat = reshape(tail, {x.shape()[0], tail.value().size() / x.shape()[0]});
  return {flat, matmul(rest, p("m", {3, 4}, 1.0f)), reshape(tail, tail.shape()), x};
}

// Pools, a 5x5 kernel, and convolutions that are dilated, strided per axis and depthwise.
std::vector<Var> images(Parameters& p, const Var& x) {
  const Var a = max_pool2d(relu(p.conv("a", x, 5, 16, true, {.padding = 2})), {});
  const Var b = relu(p.conv("b", a, 3, 16, true, {.padding = 2, .dilation = 2}));
  const Var c = average_pool2d(b, {.kernel = 3, .stride = 2, .padding = 1});
  const Var weight = p("depth.w", {3, 3, 1, 16}, 0.3f);
  const Var d = p.norm("d", conv2d(c, weight, Var(), {.padding = 1, .groups = 16}));
  return {relu(d), p.conv("e", b, 3, 7, true, {.stride = {1, 2}}),
          max_pool2d(b, {.kernel = 3, .stride = 1, .padding = 1})};
}

Tensor random_input(const Shape& shape, uint64_t stream) {
  Rng rng(5, stream);
  Tensor tensor(shape);
  for (float& x : tensor.values()) x = static_cast<float>(rng.normal());
  return tensor;
}

struct Outputs {
  explicit Outputs(const Plan& plan) {
    for (const Shape& shape : plan.output_shapes()) values.emplace_back(shape.size(), -77.0f);
    for (auto& v : values) pointers.push_back(v.data());
  }
  std::vector<std::vector<float>> values;
  std::vector<float*> pointers;
};

// Folding reorders roundings, Winograd loses some bits: 1e-4 of the largest number.
void expect_plan_equals(const Forward& forward, const Shape& shape) {
  SCOPED_TRACE(shape.text());
  const Plan plan(trace(forward, {shape}));
  const auto workspace = plan.make_workspace();
  for (uint64_t stream = 0; stream < 3; ++stream) {
    const Tensor input = random_input(shape, stream);
    const NoGrad no_grad;
    const std::vector<Var> expected = forward({Var(input)});
    Outputs got(plan);
    const float* in = input.data();
    plan.run({&in, 1}, got.pointers, *workspace);
    ASSERT_EQ(plan.output_shapes().size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(plan.output_shapes()[i], expected[i].shape());
      const std::vector<float> want = expected[i].value().to_vector();
      float scale = 1.0f;
      for (float x : want) scale = std::max(scale, std::abs(x));
      for (size_t j = 0; j < want.size(); ++j)
        ASSERT_NEAR(got.values[i][j], want[j], 1e-4f * scale) << "output " << i << " at " << j;
    }
  }
}

TEST(Plan, TowerEqualsTheNetworkOnEveryBoard) {
  for (int64_t size : {2, 3, 5, 7, 9, 13, 19})
    for (int64_t channels : {16, 20}) {
      Parameters p;
      expect_plan_equals([&](const auto& in) { return tower(p, in[0], channels); },
                         {1, size, size, 22});
    }
}

TEST(Plan, OddOperationsEqualTheNetwork) {
  Parameters p;
  expect_plan_equals([&](const auto& in) { return oddities(p, in[0]); }, {1, 8, 9, 3});
}

TEST(Plan, ImageOperationsEqualTheNetwork) {
  Parameters p;
  expect_plan_equals([&](const auto& in) { return images(p, in[0]); }, {1, 12, 14, 3});
}

TEST(Plan, NormalisationAndRectifierAreFoldedAway) {
  Parameters p;
  const Plan plan(trace([&](const auto& in) { return tower(p, in[0], 16); }, {{1, 9, 9, 22}}));
  const std::string summary = plan.summary();
  EXPECT_EQ(summary.find("batch_norm"), std::string::npos) << summary;
  EXPECT_EQ(summary.find("\nadd"), std::string::npos) << summary;
  EXPECT_NE(summary.find("+ residual + relu"), std::string::npos) << summary;
  EXPECT_NE(summary.find("+ row + relu"), std::string::npos) << summary;
  // stem, two blocks of two, pooling branch, heads: each multiply-add counted as two
  const double board = 81, c = 16;
  EXPECT_DOUBLE_EQ(plan.flops(), 2 * (board * 9 * (22 * c + 4 * c * c) + board * c * 7 + 14 * c +
                                      board * c * 9 + board * 9 + 9 + 9 * 20 + 20));
}

TEST(Plan, RunDoesNotAllocate) {
  Parameters p;
  const Plan plan(trace([&](const auto& in) { return tower(p, in[0], 20); }, {{1, 9, 9, 22}}));
  const auto workspace = plan.make_workspace();
  const Tensor input = random_input({1, 9, 9, 22}, 1);
  Outputs got(plan);
  const float* in = input.data();
  const long before = allocations();
  plan.run({&in, 1}, got.pointers, *workspace);
  EXPECT_EQ(allocations(), before);
}

TEST(Plan, TwoThreadsShareOne) {
  Parameters p;
  const Plan plan(trace([&](const auto& in) { return tower(p, in[0], 16); }, {{1, 9, 9, 22}}));
  const auto evaluate = [&](uint64_t stream) {
    const auto workspace = plan.make_workspace();
    const Tensor input = random_input({1, 9, 9, 22}, stream);
    const float* in = input.data();
    Outputs got(plan);
    for (int i = 0; i < 50; ++i) plan.run({&in, 1}, got.pointers, *workspace);
    return got.values;
  };
  const auto first = evaluate(1), second = evaluate(2);
  std::vector<std::vector<float>> at_once[2];
  std::thread one([&] { at_once[0] = evaluate(1); }), two([&] { at_once[1] = evaluate(2); });
  one.join();
  two.join();
  EXPECT_EQ(at_once[0], first);
  EXPECT_EQ(at_once[1], second);
}

TEST(Plan, UnknownOperationIsNamed) {
  Graph graph;
  graph.nodes = {{"input", {}, {}, {1, 4}, {}}, {"fourier", {0}, {}, {1, 4}, {}}};
  graph.inputs = {0};
  graph.outputs = {1};
  try {
    Plan plan(graph);
    FAIL() << "an unknown operation was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("fourier"), std::string::npos);
  }
}

// Every image of a batch has its own row of the pooling branch, residual and borders.
TEST(Plan, SeveralRowsAtOnceEqualTheNetwork) {
  Parameters p;
  for (const int64_t rows : {2, 3, 7}) {
    expect_plan_equals([&](const auto& in) { return tower(p, in[0], 20); }, {rows, 9, 7, 22});
    expect_plan_equals([&](const auto& in) { return oddities(p, in[0]); }, {rows, 8, 9, 3});
    expect_plan_equals([&](const auto& in) { return images(p, in[0]); }, {rows, 12, 14, 3});
  }
}

// A picture's first layers: few channels directly, then 5x5 by Winograd, both pooled at once; the
// second's images are multiplied in groups.
TEST(Plan, PoolingIsJoinedToTheConvolution) {
  Parameters p;
  const auto network = [&](const std::vector<Var>& in) {
    const Var a = max_pool2d(relu(p.conv("a", in[0], 5, 32, true)), {});
    return std::vector<Var>{max_pool2d(relu(p.conv("b", a, 5, 48, true, {.padding = 2})),
                                       {.kernel = 3, .stride = 2, .padding = 1})};
  };
  for (const int64_t rows : {1, 2, 13, 30}) expect_plan_equals(network, {rows, 28, 27, 1});
  const std::string summary = Plan(trace(network, {{1, 28, 27, 1}})).summary();
  EXPECT_EQ(summary.find("\nmax_pool2d"), std::string::npos) << summary;
  EXPECT_NE(summary.find("direct + relu + max_pool"), std::string::npos) << summary;
  EXPECT_NE(summary.find("winograd F(4x4) + relu + max_pool"), std::string::npos) << summary;
}

// A rectified convolution that somebody else reads too is not.
TEST(Plan, PoolingLeavesWhatOthersRead) {
  Parameters p;
  expect_plan_equals(
      [&](const auto& in) {
        const Var a = relu(p.conv("a", in[0], 5, 32, true, {.padding = 2}));
        return std::vector<Var>{max_pool2d(a, {}), global_mean_pool(a)};
      },
      {2, 10, 10, 1});
}

TEST(Plan, GroupsOfChannelsEqualTheNetwork) {
  Parameters p;
  expect_plan_equals(
      [&](const auto& in) {
        const Var a = p.norm("n", conv2d(in[0], p("a", {3, 3, 6, 8}, 0.3f), p("b", {8}, 0.3f),
                                         {.stride = 2, .padding = 1, .groups = 2}));
        const Var b = relu(conv2d(a, p("c", {1, 1, 2, 20}, 0.3f), Var(), {.groups = 4}));
        return std::vector<Var>{b};
      },
      {3, 8, 7, 12});
}

TEST(Plan, WeightsThatAreNoNumbersAreRefusedWithTheirPlace) {
  for (const float wrong : {std::nanf(""), INFINITY}) {
    Parameters p;
    const auto network = [&](const auto& in) { return tower(p, in[0], 16); };
    trace(network, {{1, 9, 9, 22}});
    p("block1.2.w", {3, 3, 16, 16}, 0.0f).value().values()[7] = wrong;
    const Graph graph = trace(network, {{1, 9, 9, 22}});
    try {
      const Plan plan(graph);
      FAIL() << wrong << " was accepted";
    } catch (const Error& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find("input 1 of 'conv2d', [3,3,16,16], holds " + std::to_string(wrong) +
                          " at element 7"),
                std::string::npos)
          << text;
    }
  }
}

// A term that masks by infinities is no weight.
TEST(Plan, InfinitiesMayMask) {
  const Var mask(Tensor({3}, std::vector<float>{0, -INFINITY, 0}));
  const Plan plan(
      trace([&](const auto& in) { return std::vector<Var>{add(in[0], mask)}; }, {{1, 3}}));
  const std::vector<float> x{1, 2, 3};
  const float* in = x.data();
  Outputs got(plan);
  plan.run({&in, 1}, got.pointers, *plan.make_workspace());
  EXPECT_EQ(got.values[0], (std::vector<float>{1, -INFINITY, 3}));
}

// The plan has its own copy of the weights.
TEST(Plan, LaterTrainingDoesNotReachIt) {
  Var weight(Tensor({2, 1}, std::vector<float>{1, 2}));
  const Plan plan(trace(
      [&](const auto& in) { return std::vector<Var>{linear(in[0], weight, Var())}; }, {{1, 2}}));
  weight.value().fill(0.0f);
  const std::vector<float> x{3, 4};
  const float* in = x.data();
  Outputs got(plan);
  plan.run({&in, 1}, got.pointers, *plan.make_workspace());
  EXPECT_EQ(got.values[0][0], 11.0f);
}

TEST(BatchEvaluator, RowsKeepTheirPlacesAndReplaceTakesEffect) {
  const auto plan_with = [](float factor) {
    return std::make_shared<const Plan>(
        trace([&](const auto& in) { return std::vector<Var>{scale(in[0], factor)}; }, {{1, 4}}));
  };
  BatchEvaluator evaluator(plan_with(2.0f));
  std::vector<std::vector<float>> in(100, std::vector<float>(4)), out = in;
  std::vector<BatchRow> rows;
  for (size_t i = 0; i < in.size(); ++i) {
    in[i][0] = static_cast<float>(i);
    rows.push_back({{in[i].data()}, {out[i].data()}});
  }
  evaluator.run(rows);
  for (size_t i = 0; i < in.size(); ++i) EXPECT_EQ(out[i][0], 2.0f * in[i][0]);
  evaluator.replace(plan_with(3.0f));
  std::vector<int> finished(rows.size());
  evaluator.run(
      100, [&](int64_t i) { return rows[i]; }, [&](int64_t i) { ++finished[i]; });
  for (size_t i = 0; i < in.size(); ++i) EXPECT_EQ(out[i][0], 3.0f * in[i][0]);
  EXPECT_EQ(finished, std::vector<int>(100, 1));
}

}  // namespace
}  // namespace tengen::nn
