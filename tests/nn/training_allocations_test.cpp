// A training step in steady state asks the system for no memory: not for the tape, not for
// tensors, not inside the kernels, on any thread.
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "nn/base/rng.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/dropout.h"
#include "nn/layers/group_norm.h"
#include "nn/layers/linear.h"
#include "nn/layers/multi_head_attention.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/residual.h"
#include "nn/layers/residual_block.h"
#include "nn/layers/sequential.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"
#include "nn/precision.h"
#include "tests/nn/count_allocations.h"

namespace tengen::nn {
namespace {

// Workers enter a loop when they please, so the first piece that meets a given worker may come
// late; a step that allocates every time never gets through.
bool steps_settle(const std::function<void()>& step) {
  constexpr int kInARow = 20, kAtMost = 200;
  int quiet = 0;
  for (int i = 0; i < kAtMost && quiet < kInARow; ++i) {
    const long before = allocations();
    step();
    quiet = allocations() == before ? quiet + 1 : 0;
  }
  return quiet == kInARow;
}

Tensor noise(const Shape& shape) {
  Rng rng(1);
  Tensor out(shape);
  for (float& value : out.values()) value = static_cast<float>(rng.normal());
  return out;
}

std::function<void()> training_step(Layer& net, Optimizer& optimizer, const Shape& input,
                                    int64_t classes) {
  Tensor target({input[0]});
  for (int64_t row = 0; row < input[0]; ++row)
    target.values()[row] = static_cast<float>(row % classes);
  return [&, x = Var(noise(input)), target] {
    optimizer.zero_grad();
    backward(class_cross_entropy(net.forward(x), target));
    optimizer.clip_gradient(1.0f);
    optimizer.step(1e-3f);
  };
}

TEST(TrainingAllocations, AnMlpWithSgdNeedsNone) {
  Rng rng(2);
  Sequential net;
  net.add<Linear>("first", 300, 200, rng).add(relu).add<Linear>("second", 200, 10, rng);
  const auto sgd = make_sgd(net.parameters(), {});
  EXPECT_TRUE(steps_settle(training_step(net, *sgd, {64, 300}, 10)));
}

TEST(TrainingAllocations, AnMlpWithProductsInBfloat16NeedsNone) {
  const ProductPrecision precision(Precision::kBfloat16);
  Rng rng(2);
  Sequential net;
  net.add<Linear>("first", 300, 200, rng).add(relu).add<Linear>("second", 200, 10, rng);
  const auto sgd = make_sgd(net.parameters(), {});
  EXPECT_TRUE(steps_settle(training_step(net, *sgd, {64, 300}, 10)));
}

class SmallResNet : public Layer {
 public:
  explicit SmallResNet(Rng& rng)
      : stem_(3, 32, 3, rng),
        norm_(32),
        block_(32, rng),
        strided_(32, 16, 3, rng, {.stride = 2}),
        out_(32, 5, rng) {
    add_child("stem", stem_);
    add_child("norm", norm_);
    add_child("block", block_);
    add_child("strided", strided_);
    add_child("out", out_);
  }
  Var forward(const Var& x) override {
    const Var y = strided_.forward(block_.forward(relu(norm_.forward(stem_.forward(x)))));
    return out_.forward(concat({global_mean_pool(y), global_max_pool(y)}, 1));
  }

 private:
  Conv2d stem_;
  BatchNorm norm_;
  ResidualBlock block_;
  Conv2d strided_;
  Linear out_;
};

TEST(TrainingAllocations, ConvolutionsAndBatchNormWithAdamNeedNone) {
  Rng rng(2);
  SmallResNet net(rng);
  const auto adam = make_adam(net.parameters(), {});
  EXPECT_TRUE(steps_settle(training_step(net, *adam, {16, 9, 9, 3}, 5)));
}

TEST(TrainingAllocations, ConvolutionsInBfloat16NeedNone) {
  const ProductPrecision precision(Precision::kBfloat16);
  Rng rng(2);
  SmallResNet net(rng);
  const auto sgd = make_sgd(net.parameters(), {});
  EXPECT_TRUE(steps_settle(training_step(net, *sgd, {16, 9, 9, 3}, 5)));
}

TEST(TrainingAllocations, ConvolutionsWithPoolingNeedNone) {
  Rng rng(2);
  Sequential net;
  net.add<ConvReluPool>("conv1", 1, 8, 5, rng, Conv2dLayerOptions{.padding = 0});
  net.add<Conv2d>("conv2", 8, 16, 3, rng).add<MaxPool2d>("pool").add<Flatten>("flatten");
  net.add<Linear>("out", 6 * 6 * 16, 10, rng);
  const auto adam = make_adamw(net.parameters(), {});
  EXPECT_TRUE(steps_settle(training_step(net, *adam, {16, 28, 28, 1}, 10)));
}

TEST(TrainingAllocations, AttentionWithDropoutNeedsNone) {
  Rng rng(2);
  Sequential net;
  net.add<Residual>("look", [&](Sequential& f) {
    f.add<LayerNorm>("norm", 32).add<MultiHeadAttention>("heads", 32, 4, rng);
  });
  net.add<Residual>("think", [&](Sequential& f) {
    f.add<Linear>("in", 32, 64, rng).add(gelu).add<Linear>("out", 64, 32, rng);
    f.add<Dropout>("drop", 0.1f, rng);
  });
  net.add([](const Var& x) { return mean(x, 1); }).add<Linear>("out", 32, 10, rng);
  const auto adam = make_adamw(net.parameters(), {});
  EXPECT_TRUE(steps_settle(training_step(net, *adam, {16, 24, 32}, 10)));
}

}  // namespace
}  // namespace tengen::nn
