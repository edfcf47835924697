// What a predictor says of rows is what the network says of them, however many there are.
#include "nn/infer/predictor.h"

#include <gtest/gtest.h>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/layers/embedding.h"
#include "nn/layers/linear.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/recurrent.h"
#include "nn/layers/sequential.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

// Small enough to be told apart row by row.
std::unique_ptr<Sequential> picture_network() {
  Rng rng(1);
  auto net = std::make_unique<Sequential>();
  net->add<ConvReluPool>("conv", 1, 16, 5, rng)
      .add<Flatten>("flat")
      .add<Linear>("out", 400, 3, rng);
  net->train(false);
  return net;
}

Tensor pictures(int64_t rows) {
  Rng rng(2);
  Tensor x({rows, 10, 10, 1});
  for (float& value : x.values()) value = rng.uniform();
  return x;
}

void expect_same(const Tensor& got, const Tensor& want) {
  ASSERT_EQ(got.shape(), want.shape());
  const std::vector<float> a = got.to_vector(), b = want.to_vector();
  for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-5f) << i;
}

TEST(Predictor, SaysOfAnyNumberOfRowsWhatTheNetworkSays) {
  const auto net = picture_network();
  const Predictor predict(*net, {10, 10, 1}, {.rows = 8});
  const NoGrad no_grad;
  for (const int64_t rows : {0, 1, 7, 8, 9, 100}) {
    SCOPED_TRACE(rows);
    const Tensor x = pictures(rows);
    expect_same(predict(x), rows > 0 ? net->forward(Var(x)).value() : Tensor({0, 3}));
  }
}

TEST(Predictor, KnowsSequences) {
  Rng rng(3);
  Sequential net;
  net.add<Embedding>("embedding", 11, 4, rng).add<Lstm>("lstm", 4, 6, rng);
  net.train(false);
  const Predictor predict(net, {5});
  Tensor x({20, 5});
  for (int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i * 7 % 11);
  const NoGrad no_grad;
  expect_same(predict(x), net.forward(Var(x)).value());
}

TEST(Predictor, RefusesOtherRowsAndNetworksInTraining) {
  const auto net = picture_network();
  const Predictor predict(*net, {10, 10, 1});
  EXPECT_THROW(predict(Tensor({4, 10, 9, 1})), CheckFailure);
  EXPECT_THROW(predict(Tensor({10, 10, 1})), CheckFailure);
  net->train();
  EXPECT_THROW(Predictor(*net, {10, 10, 1}), CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
