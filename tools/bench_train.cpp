// `tengen bench train`: whole training steps (forward, backward, update) on random data, of the
// two networks for which the peers' figures are known.
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/linear.h"
#include "nn/layers/residual_block.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"
#include "tools/bench.h"

namespace tengen::tools {
namespace {

constexpr int kRounds = 5;

// Stem, tower and policy head, as in "Mastering the Game of Go without Human Knowledge".
class GoTower : public nn::Module {
 public:
  GoTower(int64_t planes, int64_t channels, int blocks, Rng rng)
      : stem_(planes, channels, 3, rng, {.bias = false}),
        stem_norm_(channels),
        policy_conv_(channels, 2, 1, rng, {.bias = false}),
        policy_norm_(2),
        policy_(2 * 81, 82, rng) {
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
  nn::Var forward(const nn::Var& planes) {
    nn::Var x = stem_norm_.forward_relu(stem_.forward(planes));
    for (const auto& block : blocks_) x = block->forward(x);
    x = policy_norm_.forward_relu(policy_conv_.forward(x));
    return policy_.forward(nn::reshape(x, {x.shape()[0], 2 * 81}));
  }

 private:
  nn::Conv2d stem_;
  nn::BatchNorm stem_norm_;
  std::vector<std::unique_ptr<nn::ResidualBlock>> blocks_;
  nn::Conv2d policy_conv_;
  nn::BatchNorm policy_norm_;
  nn::Linear policy_;
};

class Mlp : public nn::Module {
 public:
  explicit Mlp(Rng rng) : first_(784, 512, rng), second_(512, 256, rng), third_(256, 10, rng) {
    add_child("first", first_);
    add_child("second", second_);
    add_child("third", third_);
  }
  nn::Var forward(const nn::Var& x) {
    return third_.forward(nn::relu(second_.forward(nn::relu(first_.forward(x)))));
  }

 private:
  nn::Linear first_, second_, third_;
};

nn::Tensor noise(const nn::Shape& shape) {
  Rng rng(1);
  std::vector<float> values(static_cast<size_t>(shape.size()));
  for (float& value : values) value = static_cast<float>(rng.normal());
  return nn::Tensor(shape, values);
}

nn::Tensor one_hot_rows(int64_t rows, int64_t classes) {
  Rng rng(2);
  nn::Tensor out({rows, classes});
  for (int64_t row = 0; row < rows; ++row)
    out.values()[static_cast<size_t>(row * classes + rng.below(static_cast<uint32_t>(classes)))] =
        1.0f;
  return out;
}

// Samples a second of SGD steps with momentum: the median over rounds.
template <class Net>
double training_rate(Net& net, const nn::Shape& input, int64_t classes, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto sgd = nn::make_sgd(net.parameters(), {});
  const nn::Var x(noise(input));
  const nn::Tensor target = one_hot_rows(input[0], classes);
  const auto step = [&] {
    sgd->zero_grad();
    nn::backward(nn::cross_entropy(net.forward(x), target, nn::Tensor()));
    sgd->step(0.01f);
  };
  step();  // fills the buffer pool
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    int steps = 0;
    const auto start = Clock::now();
    std::chrono::duration<double> passed{};
    do {
      step();
      ++steps;
      passed = Clock::now() - start;
    } while (passed.count() < seconds / kRounds);
    rates.push_back(static_cast<double>(steps * input[0]) / passed.count());
  }
  std::sort(rates.begin(), rates.end());
  return rates[kRounds / 2];
}

}  // namespace

std::vector<Figure> bench_train(const BenchOptions& options) {
  GoTower tower(17, 64, 6, Rng(3));
  Mlp mlp{Rng(4)};
  return {{"Go ResNet 9x9, 17 planes, 6x64, batch 256, SGD",
           training_rate(tower, {256, 9, 9, 17}, 82, options.seconds), "samples/s"},
          {"MLP 784-512-256-10, batch 128, SGD",
           training_rate(mlp, {128, 784}, 10, options.seconds), "samples/s"}};
}

}  // namespace tengen::tools
