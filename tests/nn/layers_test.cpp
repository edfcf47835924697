#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/global_pool.h"
#include "nn/layers/init.h"
#include "nn/layers/linear.h"
#include "nn/layers/residual_block.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"

namespace tengen::nn {
namespace {

class Net : public Module {
 public:
  explicit Net(uint64_t seed)
      : rng_(seed), conv_(2, 3, 3, rng_), block_(3, rng_), head_(3, 4, rng_) {
    add_child("conv", conv_);
    add_child("block", block_);
    add_child("head", head_);
  }
  Var forward(const Var& x) {
    return head_.forward(global_mean_pool(block_.forward(relu(conv_.forward(x)))));
  }

 private:
  Rng rng_;
  Conv2d conv_;
  ResidualBlock block_;
  Linear head_;
};

std::vector<std::string> paths(const std::vector<NamedTensor>& entries) {
  std::vector<std::string> out;
  for (const NamedTensor& entry : entries) out.push_back(entry.path);
  return out;
}

std::string load_error(Net& net, const std::vector<NamedTensor>& entries) {
  try {
    net.load_state(entries);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Module, PathsJoinNamesInOrderOfRegistration) {
  const Net net(1);
  EXPECT_EQ(paths(net.state()),
            (std::vector<std::string>{
                "conv.weight", "conv.bias", "block.conv1.weight", "block.norm1.weight",
                "block.norm1.bias", "block.conv2.weight", "block.norm2.weight", "block.norm2.bias",
                "head.weight", "head.bias", "block.norm1.running_mean", "block.norm1.running_var",
                "block.norm2.running_mean", "block.norm2.running_var"}));
  for (const NamedVar& parameter : net.parameters())
    EXPECT_EQ(parameter.decay, parameter.var.shape().rank() > 1) << parameter.path;
}

TEST(Module, StateOfOneNetMakesAnotherEqual) {
  Net a(1), b(2);
  a.train(false);
  b.train(false);
  Tensor planes(Shape{2, 5, 5, 2});
  for (int64_t i = 0; i < planes.size(); ++i) planes.values()[i] = std::sin(static_cast<float>(i));
  EXPECT_NE(a.forward(Var(planes)).value().to_vector(), b.forward(Var(planes)).value().to_vector());
  b.load_state(a.state());
  EXPECT_EQ(a.forward(Var(planes)).value().to_vector(), b.forward(Var(planes)).value().to_vector());
}

TEST(Module, LoadStateErrorsNameTheTensorAndChangeNothing) {
  Net net(1);
  const Net other(2);
  const std::vector<float> before = net.state()[0].tensor.to_vector();

  std::vector<NamedTensor> missing = other.state();
  missing.erase(missing.begin() + 2);
  EXPECT_NE(load_error(net, missing).find("block.conv1.weight [3,3,3,3] is missing"),
            std::string::npos);

  std::vector<NamedTensor> surplus = other.state();
  surplus.push_back({"tail.weight", Tensor(Shape{2})});
  EXPECT_NE(load_error(net, surplus).find("tail.weight [2] is not expected"), std::string::npos);

  std::vector<NamedTensor> misshapen = other.state();
  misshapen[8].tensor = Tensor(Shape{3, 5});
  EXPECT_NE(load_error(net, misshapen).find("head.weight has shape [3,5] where [3,4]"),
            std::string::npos);

  std::vector<NamedTensor> twice = other.state();
  twice.push_back(twice[0]);
  EXPECT_NE(load_error(net, twice).find("conv.weight is given twice"), std::string::npos);
  EXPECT_EQ(net.state()[0].tensor.to_vector(), before);
}

TEST(Module, MovesToAnotherDeviceAndGoesOnThere) {
  Net here(1), there(1);
  there.to(reference_device());
  for (const NamedTensor& entry : there.state())
    EXPECT_EQ(&entry.tensor.device(), &reference_device()) << entry.path;
  const std::vector<float> planes(2 * 5 * 5 * 2, 0.5f);
  const Var x(Tensor({2, 5, 5, 2}, planes)), y(Tensor({2, 5, 5, 2}, planes, reference_device()));
  for (Net* net : {&here, &there}) backward(sum(net->forward(net == &here ? x : y)));
  const std::vector<NamedVar> expected = here.parameters(), got = there.parameters();
  for (size_t i = 0; i < got.size(); ++i) {
    const std::vector<float> a = got[i].var.grad().to_vector();
    const std::vector<float> b = expected[i].var.grad().to_vector();
    for (size_t k = 0; k < b.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-4) << got[i].path;
  }
  for (size_t i = 0; i < here.buffers().size(); ++i)  // the layers write to those that moved
    EXPECT_NEAR(there.buffers()[i].tensor.to_vector()[0], here.buffers()[i].tensor.to_vector()[0],
                1e-5);
}

TEST(Module, DoesNotLeaveItsOptimizerBehind) {
  Net net(1);
  const auto optimizer = make_sgd(net.parameters(), {});
  EXPECT_THROW(net.to(reference_device()), CheckFailure);
}

TEST(Module, TrainReachesTheChildren) {
  Net net(1);
  const Var x(Tensor(Shape{1, 3, 3, 2}));
  const std::vector<float> before = net.buffers()[1].tensor.to_vector();
  net.train(false);
  net.forward(x);
  EXPECT_EQ(net.buffers()[1].tensor.to_vector(), before);
  net.train();
  net.forward(x);
  EXPECT_NE(net.buffers()[1].tensor.to_vector(), before);
}

TEST(Module, ZeroGradEmptiesEveryGradient) {
  Net net(1);
  backward(sum(net.forward(Var(Tensor(Shape{1, 3, 3, 2})))));
  for (const NamedVar& parameter : net.parameters())
    EXPECT_TRUE(parameter.var.grad().defined()) << parameter.path;
  net.zero_grad();
  for (const NamedVar& parameter : net.parameters())
    EXPECT_FALSE(parameter.var.grad().defined()) << parameter.path;
}

TEST(Init, HasTheVarianceOfItsFormulaAndRepeats) {
  Rng rng(3), again(3);
  const std::vector<float> he = he_normal({200, 100}, 50, rng).to_vector();
  EXPECT_EQ(he, he_normal({200, 100}, 50, again).to_vector());
  double square = 0.0, mean = 0.0;
  for (float value : he) square += double{value} * value / 20000.0, mean += value / 20000.0;
  EXPECT_NEAR(square, 2.0 / 50.0, 0.002);
  EXPECT_NEAR(mean, 0.0, 0.005);

  square = 0.0;
  for (float value : xavier_uniform({200, 100}, 200, 100, rng).to_vector()) {
    EXPECT_LE(std::abs(value), std::sqrt(6.0 / 300.0) + 1e-6);
    square += double{value} * value / 20000.0;
  }
  EXPECT_NEAR(square, 2.0 / 300.0, 0.0005);
}

TEST(BatchNorm, AveragesTheStatisticsOfItsBatches) {
  BatchNorm norm(2, {.epsilon = 1e-5f, .momentum = 0.25f});
  // Channel 0: mean 2.5, variance over n - 1 of 5/3; channel 1 is constant.
  const Tensor batch({4, 2}, std::vector<float>{1, 7, 2, 7, 3, 7, 4, 7});
  norm.forward(Var(batch));
  const std::vector<float> mean = norm.buffers()[0].tensor.to_vector();
  const std::vector<float> variance = norm.buffers()[1].tensor.to_vector();
  EXPECT_NEAR(mean[0], 0.25 * 2.5, 1e-6);
  EXPECT_NEAR(mean[1], 0.25 * 7.0, 1e-6);
  EXPECT_NEAR(variance[0], 0.75 + 0.25 * 5.0 / 3.0, 1e-5);
  EXPECT_NEAR(variance[1], 0.75, 1e-5);
  norm.forward(Var(batch));
  EXPECT_NEAR(norm.buffers()[0].tensor.to_vector()[0], 2.5 * (1.0 - 0.75 * 0.75), 1e-6);
}

TEST(BatchNorm, EvaluationUsesTheAverages) {
  BatchNorm norm(1);
  for (int i = 0; i < 200; ++i) norm.forward(Var(Tensor({4, 1}, std::vector<float>{1, 2, 3, 4})));
  norm.train(false);
  const std::vector<float> y =
      norm.forward(Var(Tensor({1, 1}, std::vector<float>{2.5f}))).value().to_vector();
  EXPECT_NEAR(y[0], 0.0f, 1e-4);
}

TEST(Conv2dLayer, KeepsTheBoardSizeUnlessTold) {
  Rng rng(1);
  const Var x(Tensor(Shape{2, 9, 7, 3}));
  EXPECT_EQ(Conv2d(3, 5, 3, rng).forward(x).shape(), (Shape{2, 9, 7, 5}));
  EXPECT_EQ(Conv2d(3, 5, 1, rng).forward(x).shape(), (Shape{2, 9, 7, 5}));
  EXPECT_EQ(Conv2d(3, 5, 3, rng, {.stride = 2}).forward(x).shape(), (Shape{2, 5, 4, 5}));
  EXPECT_EQ(Conv2d(3, 5, 4, rng, {.padding = 0}).forward(x).shape(), (Shape{2, 6, 4, 5}));
  EXPECT_THROW(Conv2d(3, 5, 4, rng), CheckFailure);
}

TEST(GlobalPoolLayer, PutsTheMeanBeforeTheMaximum) {
  const Var x(Tensor({1, 2, 1, 2}, std::vector<float>{1, -4, 3, -2}));
  EXPECT_EQ(GlobalPool().forward(x).value().to_vector(), (std::vector<float>{2, -3, 3, -2}));
}

TEST(ResidualBlockLayer, IsTheShortcutWhenItsLastNormIsZero) {
  Rng rng(1);
  ResidualBlock block(2, rng);
  for (NamedVar& parameter : block.parameters())
    if (parameter.path == "norm2.weight") parameter.var.value().fill(0.0f);
  const Var x(Tensor({1, 1, 2, 2}, std::vector<float>{1, -2, 3, -4}));
  EXPECT_EQ(block.forward(x).value().to_vector(), (std::vector<float>{1, 0, 3, 0}));
}

}  // namespace
}  // namespace tengen::nn
