// Whole networks, exported once for any batch: the independent runtime computes what they compute.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "nn/base/rng.h"
#include "nn/io/onnx.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/conv_transpose2d.h"
#include "nn/layers/linear.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/recurrent.h"
#include "nn/layers/sequential.h"
#include "nn/ops.h"
#include "tests/nn/onnx_comparison.h"

namespace tengen::nn {
namespace {

Tensor noise(const Shape& shape, uint64_t stream) {
  Rng rng(17, stream);
  Tensor tensor(shape);
  for (float& x : tensor.values()) x = static_cast<float>(rng.normal());
  return tensor;
}

Shape with_batch(const Shape& shape, int64_t batch) {
  std::vector<int64_t> dims = shape.dims();
  dims[0] = batch;
  return Shape(dims);
}

// The network on noise of `shape` at batches of 1 and 5.
void add_network(Comparison& comparison, const std::string& name, const Forward& forward,
                 const Shape& shape) {
  SCOPED_TRACE(name);
  const std::string model = onnx_bytes(forward, {shape});
  for (const int64_t batch : {1, 5}) {
    const NoGrad no_grad;
    const Tensor x = noise(with_batch(shape, batch), 1);
    comparison.add(name + ", batch " + std::to_string(batch), model, {x}, forward({Var(x)}));
  }
}

// A layer, with biases and statistics that are not zero or one.
void add_layer(Comparison& comparison, const std::string& name, Layer& net, const Shape& shape) {
  net.train(false);
  uint64_t stream = 100;
  for (const NamedTensor& entry : net.state()) {
    if (entry.tensor.shape().rank() != 1) continue;
    Tensor to = entry.tensor;
    const Tensor change = noise(to.shape(), ++stream);
    for (int64_t i = 0; i < to.size(); ++i) to.values()[i] += 0.1f * std::abs(change.values()[i]);
  }
  add_network(
      comparison, name,
      [&](const std::vector<Var>& in) { return std::vector<Var>{net.forward(in[0])}; }, shape);
}

class ResidualNet : public Layer {
 public:
  explicit ResidualNet(Rng rng)
      : stem_(3, 8, 3, rng, {.bias = false}),
        norm_(8),
        conv_(8, 8, 3, rng),
        bias_(8, 8, rng),
        head_(16, 5, rng) {
    add_child("stem", stem_);
    add_child("norm", norm_);
    add_child("conv", conv_);
    add_child("bias", bias_);
    add_child("head", head_);
  }
  Var forward(const Var& input) override {
    Var x = relu(norm_.forward(stem_.forward(input)));
    x = max_pool2d(x, {.kernel = 2});
    x = add(x, relu(add(conv_.forward(x), bias_.forward(global_mean_pool(x)))));
    return head_.forward(concat({global_mean_pool(x), global_max_pool(x)}, 1));
  }

 private:
  Conv2d stem_;
  BatchNorm norm_;
  Conv2d conv_;
  Linear bias_, head_;
};

// Self-attention of `heads` heads over [N,T,C], causal, with a norm before it.
std::vector<Var> attend(const Var& x, int64_t heads) {
  const int64_t n = x.shape()[0], t = x.shape()[1], c = x.shape()[2];
  const Var normed = layer_norm(x, Var(noise({c}, 2)), Var(noise({c}, 3)), 1e-5f);
  const auto split_heads = [&](uint64_t stream) {  // [N,T,C] -> [N*heads,T,C/heads]
    const Var projected = linear(normed, Var(noise({c, c}, stream)), Var(noise({c}, stream + 1)));
    return reshape(permute(reshape(projected, {n, t, heads, c / heads}), {0, 2, 1, 3}),
                   {n * heads, t, c / heads});
  };
  const Var y = scaled_dot_product_attention(split_heads(4), split_heads(6), split_heads(8),
                                             {.causal = true});
  return {reshape(permute(reshape(y, {n, heads, t, c / heads}), {0, 2, 1, 3}), {n, t, c})};
}

TEST(OnnxNetworks, RunElsewhereWithAnyBatch) {
  Comparison comparison;
  Rng rng(3);
  Sequential mlp;
  mlp.add<Linear>("first", 7, 16, rng).add(gelu).add<Linear>("second", 16, 3, rng).add(log_softmax);
  add_layer(comparison, "MLP", mlp, {1, 7});

  ResidualNet residual{Rng(4)};
  add_layer(comparison, "residual CNN", residual, {1, 8, 10, 3});

  Sequential convolutions;
  convolutions.add<Conv2d>("depthwise", 6, 6, 3, rng, Conv2dLayerOptions{.groups = 6})
      .add([](const Var& x) { return leaky_relu(x, 0.1f); })
      .add<Conv2d>("grouped", 6, 4, 3, rng, Conv2dLayerOptions{.dilation = 2, .groups = 2})
      .add([](const Var& x) { return average_pool2d(x, {.kernel = 3, .stride = 2, .padding = 1}); })
      .add<ConvTranspose2d>("up", 4, 3, 3, rng,
                            ConvTranspose2dLayerOptions{.stride = 2, .padding = 1})
      .add(sigmoid);
  add_layer(comparison, "grouped, dilated and transposed convolutions", convolutions,
            {1, 12, 11, 6});

  add_network(comparison, "attention", [](const std::vector<Var>& in) { return attend(in[0], 2); },
              {1, 6, 8});

  Lstm lstm(3, 5, rng, {.layers = 2, .bidirectional = true});
  add_layer(comparison, "LSTM of two layers, both ways", lstm, {1, 6, 3});
  Gru gru(3, 5, rng, {.bidirectional = true});
  add_layer(comparison, "GRU both ways", gru, {1, 6, 3});
  Rnn rnn(3, 5, rng, {}, RnnActivation::kRelu);
  add_layer(comparison, "RNN of rectifiers", rnn, {1, 6, 3});

  const auto runtime = OnnxRuntime::find();
  if (!runtime) GTEST_SKIP() << OnnxRuntime::kHowToGetIt;
  comparison.expect_equal(*runtime);
}

// The last states of a recurrent layer, which a decoder would begin with.
TEST(OnnxNetworks, LastStatesAreOutputs) {
  Rng rng(5);
  Lstm lstm(3, 4, rng);
  lstm.train(false);
  const Forward forward = [&](const std::vector<Var>& in) {
    const RecurrentLayer::Sequence sequence = lstm.forward(in[0], {});
    return std::vector<Var>{sequence.last[0].h, sequence.last[0].c, sequence.y};
  };
  Comparison comparison;
  add_network(comparison, "states", forward, {1, 5, 3});
  const auto runtime = OnnxRuntime::find();
  if (!runtime) GTEST_SKIP() << OnnxRuntime::kHowToGetIt;
  comparison.expect_equal(*runtime);
}

// Words as numbers, and how many of them each sequence has: two inputs.
TEST(OnnxNetworks, MaskedAttentionOverEmbeddings) {
  const Var table(noise({10, 8}, 1));
  const Forward forward = [&](const std::vector<Var>& in) {
    const Var words = gather(table, in[0]);  // [N,T] -> [N,T,8]
    return std::vector<Var>{scaled_dot_product_attention(words, words, words, {.lengths = in[1]})};
  };
  const std::string model = onnx_bytes(forward, {{1, 4}, {1}});
  const auto runtime = OnnxRuntime::find();
  if (!runtime) GTEST_SKIP() << OnnxRuntime::kHowToGetIt;
  Comparison comparison;
  const Tensor words({3, 4}, std::vector<float>{0, 9, 3, 3, 1, 2, 0, 0, 7, 0, 0, 0});
  const Tensor lengths({3}, std::vector<float>{4, 2, 1});
  const NoGrad no_grad;
  comparison.add("words", model, {words, lengths}, forward({Var(words), Var(lengths)}));
  comparison.expect_equal(*runtime);
}

}  // namespace
}  // namespace tengen::nn
