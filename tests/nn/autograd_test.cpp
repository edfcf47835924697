#include "nn/autograd.h"

#include <gtest/gtest.h>

#include <thread>

#include "nn/base/check.h"
#include "nn/gradcheck.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

Var leaf(std::initializer_list<float> values) {
  return Var(Tensor({static_cast<int64_t>(values.size())}, std::vector<float>(values)), true);
}

TEST(Autograd, GradientsOfAProductAreTheOtherFactors) {
  const Var a = leaf({2, 3}), b = leaf({5, 7});
  backward(sum(multiply(a, b)));
  EXPECT_EQ(a.grad().to_vector(), (std::vector<float>{5, 7}));
  EXPECT_EQ(b.grad().to_vector(), (std::vector<float>{2, 3}));
}

TEST(Autograd, AValueUsedTwiceGetsBothGradients) {
  const Var x = leaf({3});
  backward(sum(add(multiply(x, x), x)));  // x^2 + x
  EXPECT_FLOAT_EQ(x.grad().item(), 7.0f);
}

TEST(Autograd, GradientsAccumulateUntilZeroed) {
  Var x = leaf({1, 1});
  backward(sum(scale(x, 2.0f)));
  backward(sum(scale(x, 3.0f)));
  EXPECT_EQ(x.grad().to_vector(), (std::vector<float>{5, 5}));
  x.zero_grad();
  EXPECT_FALSE(x.grad().defined());
}

// add hands one tensor to both inputs; what is then added to one must not reach the other.
TEST(Autograd, SharedGradientsDoNotLeakIntoEachOther) {
  const Var a = leaf({1}), b = leaf({1});
  const Var both = add(a, b);
  backward(sum(add(both, scale(a, 10.0f))));
  EXPECT_FLOAT_EQ(a.grad().item(), 11.0f);
  EXPECT_FLOAT_EQ(b.grad().item(), 1.0f);

  Var c = leaf({1}), d = leaf({1});
  backward(sum(add(c, d)));
  c.grad().fill(5.0f);
  EXPECT_FLOAT_EQ(d.grad().item(), 1.0f);
}

TEST(Autograd, OnlyInputsThatWantAGradientGetOne) {
  const Var x = leaf({4});
  const Var fixed(Tensor({1}, std::vector<float>{2}));
  backward(sum(multiply(x, fixed)));
  EXPECT_FLOAT_EQ(x.grad().item(), 2.0f);
  EXPECT_FALSE(fixed.grad().defined());
}

TEST(Autograd, BackwardFreesTheTape) {
  const Var x = leaf({1});
  const Var middle = scale(x, 2.0f);
  const Var loss = sum(middle);
  backward(loss);
  EXPECT_THROW(backward(loss), CheckFailure);
  EXPECT_THROW(backward(sum(middle)), CheckFailure);
  EXPECT_FLOAT_EQ(x.grad().item(), 2.0f);
}

TEST(Autograd, LossMustBeOneNumberThatDependsOnSomething) {
  EXPECT_THROW(backward(scale(leaf({1, 2}), 1.0f)), CheckFailure);
  EXPECT_THROW(backward(Var(Tensor(Shape{1}))), CheckFailure);
}

TEST(Autograd, NoGradHoldsForItsScopeAndThread) {
  const Var x = leaf({1});
  {
    NoGrad outer;
    { NoGrad inner; }
    EXPECT_FALSE(grad_enabled());
    EXPECT_FALSE(scale(x, 2.0f).requires_grad());
    bool elsewhere = false;
    std::thread([&] { elsewhere = scale(x, 2.0f).requires_grad(); }).join();
    EXPECT_TRUE(elsewhere);
  }
  EXPECT_TRUE(scale(x, 2.0f).requires_grad());
}

TEST(Autograd, DeepTapesNeedNoStack) {
  constexpr int kDepth = 300000;
  const Var x = leaf({1});
  {
    Var y = x;
    for (int i = 0; i < kDepth; ++i) y = add(y, x);
  }  // destroyed without backward
  Var y = x;
  for (int i = 0; i < kDepth; ++i) y = add(y, x);
  backward(sum(y));
  EXPECT_FLOAT_EQ(x.grad().item(), kDepth + 1.0f);
}

// relu's gradient needs its result alone: the sum before it may go while the network runs on.
TEST(Autograd, AValueThatNoGradientNeedsIsFreedAtOnce) {
  const Var x = leaf({-1, 2});
  Var before = scale(x, 3.0f);
  const Tensor value = before.value();
  const Var after = relu(before);
  before = Var();
  EXPECT_TRUE(value.unique());
  backward(sum(after));
  EXPECT_EQ(x.grad().to_vector(), (std::vector<float>{0, 3}));
}

TEST(Autograd, BoundGradientsStayInTheirBuffer) {
  Var x = leaf({1, 2});
  Tensor values(Shape{4}), grads(Shape{4});
  grads.fill(9.0f);
  x.bind(values.view(1, {2}), grads.view(2, {2}));
  EXPECT_EQ(values.to_vector(), (std::vector<float>{0, 1, 2, 0}));
  backward(sum(scale(x, 3.0f)));
  backward(sum(x));
  EXPECT_EQ(grads.to_vector(), (std::vector<float>{9, 9, 4, 4}));
  x.zero_grad();
  EXPECT_EQ(grads.to_vector(), (std::vector<float>{9, 9, 0, 0}));
}

TEST(Gradcheck, TellsWrongGradientsFromRightOnes) {
  const Var x = leaf({0.5f, -1.5f, 2.0f});
  const auto right = [](const std::vector<Var>& in) { return sum(multiply(in[0], in[0])); };
  EXPECT_LT(gradcheck(right, {x}), 1e-3);
  const auto wrong = [](const std::vector<Var>& in) {
    return sum(make_var(in[0].value().clone(), {in[0]}, [in](const Tensor& dy) {
      Tensor twice = dy.clone();
      twice.fill(2.0f);
      in[0].add_grad(twice);
    }));
  };
  EXPECT_NEAR(gradcheck(wrong, {x}), 0.5, 1e-2);
}

TEST(Autograd, InputsOnDifferentDevicesAreRefused) {
  const Var here(Tensor({2, 2}, cpu_device())), there(Tensor({2, 2}, reference_device()));
  try {
    add(here, there);
    ADD_FAILURE() << "accepted";
  } catch (const CheckFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("different devices"), std::string::npos);
  }
  EXPECT_THROW(mse_loss(here, Tensor({2, 2}, reference_device()), {}), CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
