#include "tools/train_workloads.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/base/rng.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/embedding.h"
#include "nn/layers/linear.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/recurrent.h"
#include "nn/layers/residual_block.h"
#include "nn/layers/sequential.h"
#include "nn/ops.h"

namespace tengen::tools {
namespace {

// Stem, tower and policy head, as in "Mastering the Game of Go without Human Knowledge".
class GoTower : public nn::Layer {
 public:
  GoTower(int64_t size, int64_t channels, int blocks, Rng& rng)
      : points_(size * size),
        stem_(17, channels, 3, rng, {.bias = false}),
        stem_norm_(channels),
        policy_conv_(channels, 2, 1, rng, {.bias = false}),
        policy_norm_(2),
        policy_(2 * points_, points_ + 1, rng) {
    add_child("stem", stem_);
    add_child("stem_norm", stem_norm_);
    for (int i = 0; i < blocks; ++i) {
      blocks_.push_back(std::make_unique<nn::ResidualBlock>(channels, rng));
      add_child("block" + std::to_string(i), *blocks_.back());
    }
    add_child("policy_conv", policy_conv_);
    add_child("policy_norm", policy_norm_);
    add_child("policy", policy_);
  }
  nn::Var forward(const nn::Var& planes) override {
    nn::Var x = stem_norm_.forward_relu(stem_.forward(planes));
    for (const auto& block : blocks_) x = block->forward(x);
    x = policy_norm_.forward_relu(policy_conv_.forward(x));
    return policy_.forward(nn::reshape(x, {x.shape()[0], 2 * points_}));
  }

 private:
  int64_t points_;
  nn::Conv2d stem_;
  nn::BatchNorm stem_norm_;
  std::vector<std::unique_ptr<nn::ResidualBlock>> blocks_;
  nn::Conv2d policy_conv_;
  nn::BatchNorm policy_norm_;
  nn::Linear policy_;
};

nn::Tensor noise(const nn::Shape& shape) {
  Rng rng(1);
  nn::Tensor out(shape);
  for (float& value : out.values()) value = static_cast<float>(rng.normal());
  return out;
}

nn::Tensor random_classes(const nn::Shape& shape, int64_t classes) {
  Rng rng(2);
  nn::Tensor out(shape);
  for (float& value : out.values())
    value = static_cast<float>(rng.below(static_cast<uint32_t>(classes)));
  return out;
}

using MakeOptimizer = std::unique_ptr<nn::Optimizer> (*)(const nn::ParameterGroups& parameters);

std::unique_ptr<nn::Optimizer> sgd(const nn::ParameterGroups& parameters) {
  return nn::make_sgd(parameters, {.weight_decay = 0.0f});
}
std::unique_ptr<nn::Optimizer> adam(const nn::ParameterGroups& parameters) {
  return nn::make_adam(parameters, {});
}

Trainee classifier(std::unique_ptr<nn::Layer> net, MakeOptimizer optimizer, float learning_rate,
                   const nn::Tensor& input, const nn::Tensor& classes, nn::Device& device) {
  net->to(device);
  auto made = optimizer(net->parameters());
  nn::Layer& layer = *net;
  return {std::move(net), std::move(made), learning_rate,
          [&layer, input = nn::Var(input.to(device)), classes = classes.to(device)] {
            return nn::class_cross_entropy(layer.forward(input), classes);
          }};
}

Trainee mlp(int64_t batch, nn::Device& device) {
  Rng rng(3);
  auto net = std::make_unique<nn::Sequential>();
  net->add<nn::Linear>("first", 784, 512, rng).add(nn::relu);
  net->add<nn::Linear>("second", 512, 256, rng).add(nn::relu);
  net->add<nn::Linear>("third", 256, 10, rng);
  return classifier(std::move(net), sgd, 0.01f, noise({batch, 784}), random_classes({batch}, 10),
                    device);
}

Trainee lenet(int64_t batch, nn::Device& device) {
  Rng rng(3);
  auto net = std::make_unique<nn::Sequential>();
  net->add<nn::ConvReluPool>("conv1", 1, 32, 5, rng, nn::Conv2dLayerOptions{.padding = 0});
  net->add<nn::ConvReluPool>("conv2", 32, 64, 5, rng, nn::Conv2dLayerOptions{.padding = 0});
  net->add<nn::Flatten>("flatten");
  net->add<nn::Linear>("hidden", 64 * 4 * 4, 128, rng).add(nn::relu);
  net->add<nn::Linear>("out", 128, 10, rng);
  return classifier(std::move(net), adam, 1e-3f, noise({batch, 28, 28, 1}),
                    random_classes({batch}, 10), device);
}

template <int64_t kSize, int64_t kChannels, int kBlocks>
Trainee go(int64_t batch, nn::Device& device) {
  Rng rng(3);
  auto net = std::make_unique<GoTower>(kSize, kChannels, kBlocks, rng);
  return classifier(std::move(net), sgd, 0.01f, noise({batch, kSize, kSize, 17}),
                    random_classes({batch}, kSize * kSize + 1), device);
}

// A language model of characters: [N,T] symbols -> [N*T,symbols].
class CharacterLstm : public nn::Layer {
 public:
  explicit CharacterLstm(Rng& rng)
      : embedding_(kSymbols, 128, rng),
        lstm_(128, 256, rng, {.layers = 2}),
        out_(256, kSymbols, rng) {
    add_child("embedding", embedding_);
    add_child("lstm", lstm_);
    add_child("out", out_);
  }
  nn::Var forward(const nn::Var& x) override {
    const nn::Var y = out_.forward(lstm_.forward(embedding_.forward(x)));
    return nn::reshape(y, {y.shape()[0] * y.shape()[1], kSymbols});
  }
  static constexpr int64_t kSymbols = 96;

 private:
  nn::Embedding embedding_;
  nn::Lstm lstm_;
  nn::Linear out_;
};

Trainee lstm(int64_t batch, nn::Device& device) {
  constexpr int64_t kLength = 64;
  Rng rng(3);
  auto net = std::make_unique<CharacterLstm>(rng);
  return classifier(std::move(net), adam, 1e-3f,
                    random_classes({batch, kLength}, CharacterLstm::kSymbols),
                    random_classes({batch * kLength}, CharacterLstm::kSymbols), device);
}

constexpr TrainWorkload kWorkloads[] = {
    {"mlp", "MLP 784-512-256-10, SGD with momentum", 128, mlp},
    {"lenet", "LeNet 28x28, Adam", 128, lenet},
    {"go9", "Go ResNet 9x9, 17 planes, 6x64, SGD with momentum", 256, go<9, 64, 6>},
    {"go9wide", "Go ResNet 9x9, 17 planes, 6x96, SGD with momentum", 1024, go<9, 96, 6>, true},
    {"go19", "Go ResNet 19x19, 17 planes, 10x128, SGD with momentum", 64, go<19, 128, 10>},
    {"lstm", "LSTM 96-128-256x2, length 64, Adam", 64, lstm},
};

}  // namespace

Trainee::Trainee(std::unique_ptr<nn::Module> net, std::unique_ptr<nn::Optimizer> optimizer,
                 float learning_rate, std::function<nn::Var()> loss)
    : net_(std::move(net)),
      optimizer_(std::move(optimizer)),
      learning_rate_(learning_rate),
      loss_(std::move(loss)) {}

void Trainee::finish() {
  net_->parameters().back().var.value().view(0, nn::Shape{}).item();
}

void Trainee::step() {
  optimizer_->zero_grad();
  nn::backward(loss_());
  optimizer_->step(learning_rate_);
}

std::span<const TrainWorkload> train_workloads() { return kWorkloads; }

}  // namespace tengen::tools
