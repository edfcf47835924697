// The recurrent layers: what stacks, directions, lengths and carried states promise.
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>

#include "nn/base/check.h"
#include "nn/gradcheck.h"
#include "nn/graph.h"
#include "nn/layers/recurrent.h"
#include "tests/nn/count_allocations.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

Var input(Shape shape, bool requires_grad = false) {
  const int64_t size = shape.size();
  return Var(Tensor(std::move(shape), spread_values(size, 11)), requires_grad);
}

void expect_equal(const Var& a, const Var& b) {
  ASSERT_EQ(a.shape(), b.shape());
  const std::vector<float> x = a.value().to_vector(), y = b.value().to_vector();
  for (size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], y[i], 1e-5) << "element " << i;
}

template <class Layer>
class RecurrentLayers : public testing::Test {};
using Kinds = testing::Types<Rnn, Lstm, Gru>;
TYPED_TEST_SUITE(RecurrentLayers, Kinds);

TYPED_TEST(RecurrentLayers, GoOnFromTheStateOfTheCallBefore) {
  Rng rng(1);
  TypeParam layer(3, 5, rng, {.layers = 2});
  const Var x = input({2, 6, 3});
  const auto whole = layer.forward(x, {});
  const auto first = layer.forward(slice(x, 1, 0, 2), {});
  const auto second = layer.forward(slice(x, 1, 2, 6), detached(first.last));
  expect_equal(concat({first.y, second.y}, 1), whole.y);
  for (size_t i = 0; i < 2; ++i) expect_equal(second.last[i].h, whole.last[i].h);

  RecurrentLayer::States states;  // one element after the other, as in sampling
  for (int64_t t = 0; t < 6; ++t) {
    const auto one = layer.forward(slice(x, 1, t, t + 1), states);
    expect_equal(one.y, slice(whole.y, 1, t, t + 1));
    states = one.last;
  }
}

TYPED_TEST(RecurrentLayers, ReadBothDirections) {
  Rng rng(2);
  TypeParam layer(3, 4, rng, {.layers = 2, .bidirectional = true});
  const auto both = layer.forward(input({2, 5, 3}), {});
  EXPECT_EQ(both.y.shape(), (Shape{2, 5, 8}));
  ASSERT_EQ(both.last.size(), 4u);
  // The last state of one direction is its output at one end, of the other at the other.
  expect_equal(both.last[2].h, reshape(slice(slice(both.y, 1, 4, 5), 2, 0, 4), {2, 4}));
  expect_equal(both.last[3].h, reshape(slice(slice(both.y, 1, 0, 1), 2, 4, 8), {2, 4}));
}

TYPED_TEST(RecurrentLayers, ShortRowsAreAsIfAlone) {
  Rng rng(3);
  TypeParam layer(3, 4, rng, {.layers = 2, .bidirectional = true});
  const Var x = input({3, 5, 3});
  const std::vector<int32_t> lengths{2, 5, 0};
  const auto all = layer.forward(x, {}, lengths);
  const Var alone = layer.forward(slice(slice(x, 0, 0, 1), 1, 0, 2));
  expect_equal(slice(slice(all.y, 0, 0, 1), 1, 0, 2), alone);
  for (float beyond : slice(slice(all.y, 0, 0, 1), 1, 2, 5).value().to_vector())
    EXPECT_EQ(beyond, 0.0f);
  for (float nothing : slice(all.last[1].h, 0, 2, 3).value().to_vector()) EXPECT_EQ(nothing, 0.0f);
}

TYPED_TEST(RecurrentLayers, OnlyTheLastStateMayBeAskedFor) {
  Rng rng(5);
  TypeParam layer(2, 3, rng);
  const auto f = [&](const Vars& v) { return sum(square(layer.forward(v[0], {}).last[0].h)); };
  EXPECT_LT(gradcheck(f, {input({2, 4, 2})}, 5e-3), 5e-3);
}

TYPED_TEST(RecurrentLayers, NameThemselvesInErrors) {
  struct Net : Module {
    Rng rng{6};
    TypeParam layer{3, 4, rng};
    Net() { add_child("reader", layer); }
  } net;
  try {
    net.layer.forward(input({2, 5, 7}));
    ADD_FAILURE() << "accepted";
  } catch (const CheckFailure& failure) {
    EXPECT_STREQ(failure.what(), "net.reader: expected [N,T,3], got [2,5,7]");
  }
  EXPECT_THROW(net.layer.forward(input({2, 5, 3}), {{}, {}}), CheckFailure);
  EXPECT_THROW(net.layer.forward(input({2, 5, 3}), {}, {5}), CheckFailure);
  EXPECT_THROW(net.layer.forward(input({2, 5, 3}), {}, {5, 6}), CheckFailure);
}

TYPED_TEST(RecurrentLayers, AreOneNodeEachInATrace) {
  Rng rng(7);
  TypeParam layer(3, 4, rng, {.layers = 2});
  layer.train(false);
  const Graph graph = trace(
      [&](const Vars& v) {
        const auto out = layer.forward(v[0], {});
        return Vars{out.y, out.last[1].h};
      },
      {{2, 5, 3}});
  const GraphNode& y = graph.nodes[graph.outputs[0]];
  const GraphNode& state = graph.nodes[graph.outputs[1]];
  EXPECT_EQ(y.op, (std::is_same_v<TypeParam, Lstm>  ? "lstm"
                   : std::is_same_v<TypeParam, Gru> ? "gru"
                                                    : "rnn"));
  EXPECT_EQ(y.inputs.size(), (std::is_same_v<TypeParam, Lstm> ? 6u : 5u));
  EXPECT_EQ(y.attributes.at("reverse"), 0.0);
  EXPECT_EQ(graph.nodes[y.inputs[0]].op, y.op);  // the first layer
  EXPECT_EQ(state.op, "recurrent_state");
  EXPECT_EQ(state.inputs, std::vector<int>{graph.outputs[0]});
  EXPECT_EQ(state.attributes.at("cell"), 0.0);
}

TYPED_TEST(RecurrentLayers, DropBetweenLayersInTrainingOnly) {
  Rng rng(8);
  TypeParam layer(3, 4, rng, {.layers = 2, .dropout = 0.5f});
  const Var x = input({2, 5, 3});
  const std::vector<float> one = layer.forward(x).value().to_vector();
  EXPECT_NE(layer.forward(x).value().to_vector(), one);
  layer.train(false);
  const std::vector<float> still = layer.forward(x).value().to_vector();
  EXPECT_EQ(layer.forward(x).value().to_vector(), still);
}

// Output, gradient of the input and of one weight in a step of training.
std::vector<float> trained(Lstm& lstm, const Var& x) {
  Var input(x.value(), true);
  const NamedVar weight = lstm.parameters()[1];
  Var parameter = weight.var;
  parameter.zero_grad();
  const Var y = lstm.forward(input);
  backward(sum(square(y)));
  std::vector<float> all = y.value().to_vector();
  for (const Tensor* t : {&input.grad(), &parameter.grad()}) {
    const std::vector<float> values = t->to_vector();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

TEST(Lstm, IsTheSameOnAnyNumberOfWorkers) {
  Rng rng(10);
  Lstm lstm(24, 40, rng, {.bidirectional = true});
  const Var x = input({100, 9, 24});
  std::vector<float> alone;
  {
    tbb::global_control control(tbb::global_control::max_allowed_parallelism, 1);
    alone = trained(lstm, x);
  }
  tbb::global_control control(tbb::global_control::max_allowed_parallelism, 4);
  EXPECT_EQ(trained(lstm, x), alone);
}

TEST(Lstm, TrainsWithoutAllocating) {
  Rng rng(11);
  Lstm lstm(24, 40, rng, {.layers = 2});
  const Var x = input({40, 6, 24});
  std::vector<NamedVar> parameters = lstm.parameters();
  int quiet = 0;  // workers enter when they please, so the first steps may still need memory
  for (int i = 0; i < 200 && quiet < 20; ++i) {
    const long before = allocations();
    for (NamedVar& parameter : parameters) parameter.var.zero_grad();
    backward(sum(square(lstm.forward(x))));
    quiet = allocations() == before ? quiet + 1 : 0;
  }
  EXPECT_EQ(quiet, 20);
}

TEST(Lstm, StartsByRemembering) {
  Rng rng(9);
  Lstm lstm(3, 4, rng);
  for (const NamedVar& parameter : lstm.parameters()) {
    if (parameter.path != "layer0.bias") continue;
    const std::vector<float> bias = parameter.var.value().to_vector();
    for (size_t i = 0; i < bias.size(); ++i) EXPECT_EQ(bias[i], i / 4 == 1 ? 1.0f : 0.0f);
  }
}

}  // namespace
}  // namespace tengen::nn
