// What the general layers promise beyond their gradients.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "nn/base/check.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/dropout.h"
#include "nn/layers/embedding.h"
#include "nn/layers/global_pool.h"
#include "nn/layers/group_norm.h"
#include "nn/layers/linear.h"
#include "nn/layers/multi_head_attention.h"
#include "nn/layers/residual.h"
#include "nn/layers/residual_block.h"
#include "nn/ops.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

Var zeros(const Shape& shape) { return Var(Tensor(shape)); }
Var ones(const Shape& shape) {
  Tensor x(shape);
  x.fill(1.0f);
  return Var(x);
}

template <class Call>
std::string refusal(const Call& call) {
  try {
    call();
  } catch (const CheckFailure& failure) {
    return failure.what();
  }
  return "accepted";
}

TEST(LayerShapes, AWrongOneIsToldWithTheLayersPath) {
  Rng rng(1);
  Sequential net;
  net.add<Residual>("block1", [&](Sequential& f) { f.add<Conv2d>("conv", 48, 48, 3, rng); });
  net.add<Residual>("block2", [&](Sequential& f) { f.add<Conv2d>("conv", 64, 64, 3, rng); });
  EXPECT_EQ(refusal([&] {
              net.forward(zeros({32, 9, 9, 48}));
            }),
            "net.block2.conv: expected [N,H,W,64], got [32,9,9,48]");
}

TEST(LayerShapes, EveryLayerChecksItsInput) {
  Rng rng(1);
  Sequential net;
  const auto told = [&]<class L>(L& layer, const Shape& x) {
    return refusal([&] { layer.forward(zeros(x)); });
  };
  Linear linear(4, 2, rng);
  EXPECT_EQ(told(linear, {3, 5}), "net: expected [...,4], got [3,5]");
  BatchNorm batch_norm(3);
  EXPECT_EQ(told(batch_norm, {7, 2}), "net: expected [...,3], got [7,2]");
  GlobalPool pool;
  EXPECT_EQ(told(pool, {7, 2}), "net: expected [N,H,W,C], got [7,2]");
  ResidualBlock block(8, rng);
  EXPECT_EQ(told(block, {1, 5, 5, 4}), "net: expected [N,H,W,8], got [1,5,5,4]");
  LayerNorm layer_norm(6);
  EXPECT_EQ(told(layer_norm, {2, 3, 5}), "net: expected [...,6], got [2,3,5]");
  GroupNorm group_norm(2, 6);
  EXPECT_EQ(told(group_norm, Shape{6}), "net: expected [...,N,6], got [6]");
  DropConnect drop_connect(4, 2, 0.5f, rng);
  EXPECT_EQ(told(drop_connect, {3, 5}), "net: expected [...,4], got [3,5]");
  MultiHeadAttention attention(4, 2, rng);
  EXPECT_EQ(told(attention, {2, 4}), "net: expected [N,T,4], got [2,4]");
  EXPECT_EQ(refusal([&] {
              attention.attend(zeros({2, 3, 4}), zeros({3, 3, 4}));
            }),
            "net: expected [2,T,4], got [3,3,4]");
  Residual residual([&](Sequential& f) { f.add<Linear>("out", 4, 3, rng); });
  EXPECT_EQ(told(residual, {2, 4}), "net: expected layers that keep the shape [2,4], got [2,3]");
}

TEST(DropoutLayer, KeepsTheMeanAndTheShareItSays) {
  Rng rng(3);
  Dropout layer(0.3f, rng);
  const std::vector<float> y = layer.forward(ones({200, 500})).value().to_vector();
  const double kept =
      static_cast<double>(std::count_if(y.begin(), y.end(), [](float v) { return v != 0.0f; }));
  EXPECT_NEAR(kept / 100000.0, 0.7, 0.006);  // four deviations
  for (float value : y) ASSERT_TRUE(value == 0.0f || std::abs(value - 1.0f / 0.7f) < 1e-6f);
}

TEST(DropoutLayer, DrawsAnewEveryCallAndNothingInEvaluation) {
  Rng rng(3);
  Dropout layer(0.5f, rng);
  const Var x = ones({100});
  const std::vector<float> first = layer.forward(x).value().to_vector();
  EXPECT_NE(layer.forward(x).value().to_vector(), first);
  layer.train(false);
  EXPECT_EQ(layer.forward(x).value().to_vector(), x.value().to_vector());
}

TEST(DropoutLayer, ACheckpointRestoresItsStream) {
  const auto made = [] {
    Rng rng(7);
    return std::make_unique<Dropout>(0.5f, rng);
  };
  const auto layer = made(), resumed = made();
  const Var x = ones({64});
  for (int i = 0; i < 3; ++i) layer->forward(x);
  resumed->load_state(layer->state());
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(resumed->forward(x).value().to_vector(), layer->forward(x).value().to_vector());
}

TEST(DropoutLayer, CountsBeyondWhatOneFloatHolds) {
  Rng rng(7);
  Dropout layer(0.5f, rng);
  Tensor calls = layer.buffers()[0].tensor;
  calls.values()[0] = 16777215.0f;
  layer.forward(ones({4}));
  EXPECT_EQ(calls.to_vector(), (std::vector<float>{0, 1}));
}

TEST(DropoutOperation, TheSameOnEveryDevice) {
  for (int64_t n : {1, 2, 7, 100001}) {
    std::vector<std::vector<float>> results;
    for (Device* device : {&reference_device(), &cpu_device()}) {
      Rng rng(11, 12);
      rng.bits();
      Tensor x(Shape{n}, *device);
      x.fill(1.0f);
      results.push_back(dropout(Var(x), 0.25f, rng).value().to_vector());
      EXPECT_EQ(rng.drawn(), static_cast<uint64_t>(1 + (n + 1) / 2));
    }
    EXPECT_EQ(results[0], results[1]) << n;
  }
}

TEST(DropConnectLayer, DropsWeightsNotActivations) {
  Rng rng(5);
  DropConnect layer(300, 100, 0.5f, rng, false);
  layer.parameters()[0].var.value().fill(1.0f);
  // Each output is twice the number of weights kept of 300; every row sees the same ones.
  const std::vector<float> y = layer.forward(ones({2, 300})).value().to_vector();
  double mean = 0.0;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(y[i], y[100 + i]);
    mean += y[i] / 100.0;
  }
  EXPECT_NEAR(mean, 300.0, 7.0);  // four deviations
  EXPECT_NE(*std::min_element(y.begin(), y.end()), *std::max_element(y.begin(), y.end()));
  layer.train(false);
  EXPECT_EQ(layer.forward(ones({1, 300})).value().to_vector()[0], 300.0f);
}

TEST(EmbeddingLayer, TakesRowsAndGathersTheirGradients) {
  Rng rng(2);
  Embedding layer(5, 2, rng);
  const Var x(Tensor({2, 2}, std::vector<float>{4, 1, 4, 4}));
  const Var y = layer.forward(x);
  EXPECT_EQ(y.shape(), (Shape{2, 2, 2}));
  const std::vector<float> table = layer.parameters()[0].var.value().to_vector();
  EXPECT_EQ(y.value().to_vector(), (std::vector<float>{table[8], table[9], table[2], table[3],
                                                       table[8], table[9], table[8], table[9]}));
  backward(sum(y));
  EXPECT_EQ(layer.parameters()[0].var.grad().to_vector(),
            (std::vector<float>{0, 0, 1, 1, 0, 0, 0, 0, 3, 3}));
}

TEST(EmbeddingLayer, ASymbolOutsideItsTableIsNamed) {
  Rng rng(2);
  Sequential net;
  net.add<Embedding>("symbols", 5, 2, rng);
  for (const float wrong : {5.0f, -1.0f, 1.5f, NAN, 1e30f}) {
    const std::string told = refusal([&] {
      net.forward(Var(Tensor({2}, std::vector<float>{0, wrong})));
    });
    EXPECT_NE(told.find("net.symbols: "), std::string::npos) << told;
    EXPECT_NE(told.find("at place 1 of [2] is no whole number in [0,5)"), std::string::npos)
        << told;
  }
}

TEST(MultiHeadAttentionLayer, HandsOutWhoLooksWhere) {
  Rng rng(1);
  MultiHeadAttention layer(8, 2, rng, {.causal = true});
  const Var x(Tensor({3, 4, 8}, spread_values(96, 1)));
  Tensor weights;
  const Var y = layer.attend(x, x, {.causal = true}, &weights);
  EXPECT_EQ(y.value().to_vector(), layer.forward(x).value().to_vector());
  ASSERT_EQ(weights.shape(), (Shape{3, 2, 4, 4}));
  const std::vector<float> w = weights.to_vector();
  for (int64_t row = 0; row < 24; ++row) {
    EXPECT_NEAR(std::accumulate(w.begin() + row * 4, w.begin() + row * 4 + 4, 0.0), 1.0, 1e-6);
    for (int64_t key = row % 4 + 1; key < 4; ++key) EXPECT_EQ(w[row * 4 + key], 0.0f);
  }
}

TEST(MultiHeadAttentionLayer, WhatLiesBeyondTheLengthDoesNotMatter) {
  Rng rng(1);
  MultiHeadAttention layer(4, 2, rng);
  const Var query(Tensor({2, 3, 4}, spread_values(24, 1)));
  Tensor memory({2, 5, 4}, spread_values(40, 2));
  const Var lengths(Tensor({2}, std::vector<float>{3, 5}));
  const auto seen = [&] {
    return layer.attend(query, Var(memory.clone()), {.lengths = lengths}).value().to_vector();
  };
  const std::vector<float> before = seen();
  for (int64_t i = 3 * 4; i < 5 * 4; ++i) memory.values()[i] = 100.0f;
  EXPECT_EQ(seen(), before);
  const Var too_long(Tensor({2}, std::vector<float>{3, 6}));
  EXPECT_NE(refusal([&] { layer.attend(query, Var(memory), {.lengths = too_long}); })
                .find("length 6.000000 of sequence 1 is no whole number of keys, of which there "
                      "are 5"),
            std::string::npos);
}

// Softmax of equal scores is the mean: no projection can change what attention to equal memories
// returns.
TEST(Attention, EqualKeysGiveTheMeanOfTheValues) {
  const Var value(Tensor({1, 4, 1}, std::vector<float>{1, 2, 3, 6}));
  const Var y = scaled_dot_product_attention(ones({1, 2, 3}), ones({1, 4, 3}), value);
  EXPECT_NEAR(y.value().to_vector()[0], 3.0f, 1e-6);
  const Var causal =
      scaled_dot_product_attention(ones({1, 4, 3}), ones({1, 4, 3}), value, {.causal = true});
  const std::vector<float> means{1.0f, 1.5f, 2.0f, 3.0f};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(causal.value().to_vector()[i], means[i], 1e-6);
}

TEST(GeneralShapes, WrongOnesAreNamedWithWhatWasExpected) {
  EXPECT_EQ(refusal([] {
              batch_matmul(zeros({2, 3, 4}), zeros({2, 5, 6}));
            }),
            "batch_matmul: expected b [2,4,n], got [2,5,6]");
  EXPECT_EQ(refusal([] {
              permute(zeros({2, 3}), {0, 0});
            }),
            "permute: expected axes (0,0) to name each axis of x once, got [2,3]");
  EXPECT_EQ(refusal([] {
              split(zeros({2, 5}), 2, 1);
            }),
            "split: expected axis 1 to be 2 equal parts, got [2,5]");
  EXPECT_EQ(refusal([] { stack({zeros({2}), zeros({3})}, 0); }), "stack: expected [2], got [3]");
  EXPECT_EQ(refusal([] {
              group_norm(zeros({2, 5}), 2, zeros({5}), zeros({5}), 1e-5f);
            }),
            "group_norm: expected x [N,...,C] with C a multiple of 2, got [2,5]");
  EXPECT_EQ(refusal([] {
              scaled_dot_product_attention(zeros({1, 2, 3}), zeros({1, 4, 2}), zeros({1, 4, 5}));
            }),
            "scaled_dot_product_attention: expected key [1,4,3], got [1,4,2]");
  EXPECT_EQ(refusal([] {
              masked_softmax(zeros({4, 2, 3}), {.lengths = zeros({3})});
            }),
            "masked_softmax: expected lengths [N] with N a divisor of the batch 4, got [3]");
  EXPECT_EQ(refusal([] {
              sum(zeros({2, 3}), 2);
            }),
            "sum_axis: expected a shape that has an axis 2, got [2,3]");
}

}  // namespace
}  // namespace tengen::nn
