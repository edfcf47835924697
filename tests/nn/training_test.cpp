// Whole trainings, small: recorded losses, and tasks that must be learned.
#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/rng.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/global_pool.h"
#include "nn/layers/linear.h"
#include "nn/layers/residual_block.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"

namespace tengen::nn {
namespace {

class TinyConvNet : public Module {
 public:
  explicit TinyConvNet(Rng rng) : stem_(3, 6, 3, rng), block_(6, rng), head_(12, 4, rng) {
    add_child("stem", stem_);
    add_child("block", block_);
    add_child("head", head_);
  }
  Var forward(const Var& x) {
    return head_.forward(pool_.forward(block_.forward(relu(stem_.forward(x)))));
  }
  void move_to(Device& device) {
    for (NamedVar& parameter : parameters()) {
      Tensor value(parameter.var.shape(), device), grad(parameter.var.shape(), device);
      parameter.var.bind(value, grad);
    }
  }

 private:
  Conv2d stem_;
  ResidualBlock block_;
  GlobalPool pool_;
  Linear head_;
};

Tensor images(Device& device) {
  Rng rng(11);
  std::vector<float> values(8 * 5 * 5 * 3);
  for (float& value : values) value = static_cast<float>(rng.normal());
  return Tensor({8, 5, 5, 3}, values, device);
}

Tensor labels(Device& device) {
  std::vector<float> values(8 * 4);
  for (int row = 0; row < 8; ++row) values[row * 4 + row * 3 % 4] = 1.0f;
  return Tensor({8, 4}, values, device);
}

// The running statistics stay on the CPU's default device, which shares the host's memory.
std::vector<double> ten_losses(Device& device) {
  TinyConvNet net{Rng(5)};
  net.move_to(device);
  const auto sgd =
      make_sgd(net.parameters(), {.momentum = 0.9f, .nesterov = true, .weight_decay = 1e-3f});
  const Tensor x = images(device), y = labels(device);
  std::vector<double> losses;
  for (int step = 0; step < 10; ++step) {
    sgd->zero_grad();
    const Var loss = cross_entropy(net.forward(Var(x)), y, Tensor());
    losses.push_back(loss.value().item());
    backward(loss);
    sgd->step(0.05f);
  }
  return losses;
}

// Recorded from this test; a change of any operation, layer, optimiser or generator shows here.
TEST(Training, TenRecordedLosses) {
  const std::vector<double> recorded = {4.080284, 1.754476, 1.400320, 0.938900, 0.481836,
                                        0.333502, 0.274014, 0.221280, 0.173019, 0.135267};
  for (Device* device : {&reference_device(), &cpu_device()}) {
    const std::vector<double> losses = ten_losses(*device);
    for (size_t i = 0; i < recorded.size(); ++i)
      EXPECT_NEAR(losses[i], recorded[i], 1e-4) << device->name() << ", step " << i;
  }
}

class Mlp : public Module {
 public:
  Mlp(int64_t in, int64_t hidden, int64_t out, Rng rng)
      : first_(in, hidden, rng), second_(hidden, out, rng) {
    add_child("first", first_);
    add_child("second", second_);
  }
  Var forward(const Var& x) { return second_.forward(tanh(first_.forward(x))); }

 private:
  Linear first_, second_;
};

TEST(Training, AnMlpLearnsXor) {
  Mlp net(2, 8, 1, Rng(1));
  const auto adam = make_adamw(net.parameters(), {.weight_decay = 0.0f});
  const Var x(Tensor({4, 2}, std::vector<float>{0, 0, 0, 1, 1, 0, 1, 1}));
  const Tensor target({4, 1}, std::vector<float>{0, 1, 1, 0});
  for (int step = 0; step < 400; ++step) {
    adam->zero_grad();
    backward(binary_cross_entropy_with_logits(net.forward(x), target, Tensor()));
    adam->step(0.03f);
  }
  const std::vector<float> p = sigmoid(net.forward(x)).value().to_vector();
  for (int row = 0; row < 4; ++row) EXPECT_NEAR(p[row], target.values()[row], 0.1) << row;
}

// Three interleaved spiral arms of 60 points: no straight line separates them.
TEST(Training, AnMlpLearnsSpirals) {
  constexpr int kRows = 180;
  Tensor points(Shape{kRows, 2}), classes(Shape{kRows, 3});
  for (int row = 0; row < kRows; ++row) {
    const int arm = row % 3;
    const float along = 0.1f + 0.9f * static_cast<float>(row / 3) / 60.0f;
    const float angle = 4.0f * along + 2.0943951f * static_cast<float>(arm);
    points.values()[2 * row] = along * std::cos(angle);
    points.values()[2 * row + 1] = along * std::sin(angle);
    classes.values()[3 * row + arm] = 1.0f;
  }
  Mlp net(2, 32, 3, Rng(2));
  const auto sgd =
      make_sgd(net.parameters(), {.momentum = 0.9f, .nesterov = true, .weight_decay = 0.0f});
  for (int step = 0; step < 600; ++step) {
    sgd->zero_grad();
    backward(cross_entropy(net.forward(Var(points)), classes, Tensor()));
    sgd->step(0.5f);
  }
  const std::vector<float> logits = net.forward(Var(points)).value().to_vector();
  int right = 0;
  for (int row = 0; row < kRows; ++row) {
    const auto begin = logits.begin() + 3 * row;
    right += std::max_element(begin, begin + 3) - begin == row % 3;
  }
  EXPECT_GE(right, kRows * 97 / 100);
}

TEST(Training, AResidualNetFitsItsBatch) {
  TinyConvNet net{Rng(5)};
  const auto sgd = make_sgd(net.parameters(), {});
  const Tensor x = images(cpu_device()), y = labels(cpu_device());
  float loss = 0.0f;
  for (int step = 0; step < 60; ++step) {
    sgd->zero_grad();
    const Var l = cross_entropy(net.forward(Var(x)), y, Tensor());
    loss = l.value().item();
    backward(l);
    sgd->step(0.05f);
  }
  EXPECT_LT(loss, 0.1f);
}

}  // namespace
}  // namespace tengen::nn
