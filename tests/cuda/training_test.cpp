// A small network trained on the GPU: the losses of the CPU, the same ones each time, and with
// every optimiser.
#include <cmath>

#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/dropout.h"
#include "nn/layers/global_pool.h"
#include "nn/layers/linear.h"
#include "nn/layers/residual_block.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"
#include "nn/optim/weight_average.h"
#include "tests/cuda/device_under_test.h"

namespace tengen::nn {
namespace {

class Net : public Module {
 public:
  Net()
      : rng_(1),
        conv_(2, 8, 3, rng_),
        norm_(8),
        block_(8, rng_),
        drop_(0.2f, rng_),
        head_(16, 3, rng_) {
    add_child("conv", conv_);
    add_child("norm", norm_);
    add_child("block", block_);
    add_child("drop", drop_);
    add_child("head", head_);
  }
  Var forward(const Var& x) {
    const Var tower = block_.forward(norm_.forward_relu(conv_.forward(x)));
    return head_.forward(drop_.forward(pool_.forward(tower)));
  }

 private:
  Rng rng_;
  Conv2d conv_;
  BatchNorm norm_;
  ResidualBlock block_;
  GlobalPool pool_;
  Dropout drop_;
  Linear head_;
};

// Images whose class is where they are bright.
struct Images {
  Tensor planes, classes;
  explicit Images(Device& device) {
    Rng rng(9);
    std::vector<float> pixels, labels;
    for (int i = 0; i < 12; ++i) {
      labels.push_back(static_cast<float>(i % 3));
      for (int p = 0; p < 5 * 5 * 2; ++p)
        pixels.push_back(static_cast<float>(rng.normal() + (p / 10 == i % 3 ? 1.0 : 0.0)));
    }
    planes = Tensor({12, 5, 5, 2}, pixels, device);
    classes = Tensor({12}, labels, device);
  }
};

using MakeOptimizer = std::function<std::unique_ptr<Optimizer>(const ParameterGroups&)>;

// The losses of some steps, then every weight of the average.
std::vector<float> trained_on(Device& device, int steps, const MakeOptimizer& make) {
  Net net;
  net.to(device);
  const std::unique_ptr<Optimizer> optimizer = make(net.parameters());
  WeightAverage average(net, {.decay = 0.9f});
  const Images images(device);
  std::vector<float> out;
  for (int step = 0; step < steps; ++step) {
    optimizer->zero_grad();
    const Var loss = class_cross_entropy(net.forward(Var(images.planes)), images.classes, {});
    out.push_back(loss.value().item());
    backward(loss);
    optimizer->clip_gradient(1.0f);
    optimizer->clip_gradient_values(0.5f);
    optimizer->step(0.02f);
    average.update();
  }
  for (const NamedTensor& entry : average.state())
    for (const float weight : entry.tensor.to_vector()) out.push_back(weight);
  return out;
}

class GpuTraining : public OnGpu<> {};

TEST_F(GpuTraining, HasTheLossesOfTheCpu) {
  const MakeOptimizer adam = [](const ParameterGroups& p) { return make_adamw(p, {}); };
  const std::vector<float> got = trained_on(device_under_test(), 12, adam);
  const std::vector<float> expected = trained_on(cpu_device(), 12, adam);
  for (size_t i = 0; i < 12; ++i) EXPECT_NEAR(got[i], expected[i], 5e-3f) << "step " << i;
  EXPECT_LT(got[11], 0.7f * got[0]);
}

TEST_F(GpuTraining, RepeatsItselfBitForBit) {
  const MakeOptimizer sgd = [](const ParameterGroups& p) {
    return make_sgd(p, {.momentum = 0.9f});
  };
  EXPECT_EQ(trained_on(device_under_test(), 4, sgd), trained_on(device_under_test(), 4, sgd));
}

TEST_F(GpuTraining, EveryOptimizerStepsAsOnTheCpu) {
  const std::vector<MakeOptimizer> all{
      [](const ParameterGroups& p) { return make_sgd(p, {.momentum = 0.9f, .nesterov = true}); },
      [](const ParameterGroups& p) { return make_adam(p, {}); },
      [](const ParameterGroups& p) { return make_adagrad(p, {}); },
      [](const ParameterGroups& p) { return make_rmsprop(p, {}); },
      [](const ParameterGroups& p) {
        return make_rmsprop(p, {.momentum = 0.5f, .centered = true});
      }};
  for (size_t i = 0; i < all.size(); ++i) {
    const std::vector<float> got = trained_on(device_under_test(), 2, all[i]);
    const std::vector<float> expected = trained_on(cpu_device(), 2, all[i]);
    ASSERT_EQ(got.size(), expected.size());
    EXPECT_NEAR(got[1], expected[1], 5e-3f) << "optimizer " << i;
  }
}

}  // namespace
}  // namespace tengen::nn
