// What all optimisers share: groups, clipping, accumulation, checkpoints; and averages of weights.
#include <gtest/gtest.h>

#include <limits>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/linear.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"
#include "nn/optim/weight_average.h"
#include "tests/nn/optim_parameters.h"

namespace tengen::nn {
namespace {

using Floats = std::vector<float>;

// w = 1, gradient 2 w, learning rate 0.1, by hand.
TEST(Optimizer, FirstStepsByHand) {
  Var w(Tensor({1}, Floats{1}), true);
  const auto sgd =
      make_sgd({{"w", w, true}}, {.momentum = 0.5f, .nesterov = false, .weight_decay = 0.0f});
  for (const float expected : {0.8f, 0.54f, 0.302f}) {
    sgd->zero_grad();
    backward(sum(square(w)));
    sgd->step(0.1f);
    EXPECT_NEAR(w.value().item(), expected, 1e-6);
  }
}

TEST(Optimizer, ClipsByTheNormOfTheWholeGradient) {
  std::vector<NamedVar> parameters = some_parameters();
  const auto sgd = make_sgd(parameters, {});
  parameters[0].var.add_grad(Tensor({3, 2}, Floats{3, 0, 0, 0, 0, 0}));
  parameters[1].var.add_grad(Tensor({4}, Floats{0, 4, 0, 0}));
  EXPECT_NEAR(sgd->clip_gradient(10.0f), 5.0f, 1e-5);
  EXPECT_EQ(parameters[1].var.grad().to_vector(), (Floats{0, 4, 0, 0}));
  EXPECT_NEAR(sgd->clip_gradient(1.0f), 5.0f, 1e-5);
  EXPECT_NEAR(parameters[0].var.grad().to_vector()[0], 0.6f, 1e-6);
  EXPECT_NEAR(parameters[1].var.grad().to_vector()[1], 0.8f, 1e-6);
}

TEST(Optimizer, ClipsEveryValue) {
  std::vector<NamedVar> parameters = some_parameters();
  const auto sgd = make_sgd(parameters, {});
  parameters[0].var.add_grad(Tensor({3, 2}, Floats{3, -3, 0.5f, -0.5f, 0, 1}));
  sgd->clip_gradient_values(1.0f);
  EXPECT_EQ(parameters[0].var.grad().to_vector(), (Floats{1, -1, 0.5f, -0.5f, 0, 1}));
}

TEST(Optimizer, GroupsHaveTheirOwnRateAndDecay) {
  const auto ones = [] { return Var(Tensor({2}, Floats{1, 1}), true); };
  Var plain = ones(), slow = ones(), frozen = ones(), strong = ones();
  const auto sgd = make_sgd({{{{"plain", plain, true}}},
                             {{{"slow", slow, true}}, 0.1f},
                             {{{"frozen", frozen, true}}, 0.0f},
                             {{{"strong", strong, true}, {"biased", ones(), false}}, 1.0f, 0.5f}},
                            {.momentum = 0.0f, .weight_decay = 0.0f});
  for (Var* var : {&plain, &slow, &frozen, &strong}) var->add_grad(Tensor({2}, Floats{1, 2}));
  sgd->step(0.1f);
  const auto expect = [](const Var& var, float first, float second) {
    EXPECT_NEAR(var.value().to_vector()[0], first, 1e-6);
    EXPECT_NEAR(var.value().to_vector()[1], second, 1e-6);
  };
  expect(plain, 0.9f, 0.8f);
  expect(slow, 0.99f, 0.98f);
  expect(frozen, 1.0f, 1.0f);
  expect(strong, 0.85f, 0.75f);  // 0.1 * (gradient + 0.5 * weight)
}

TEST(Optimizer, AParameterInTwoGroupsIsNamed) {
  const Var w(Tensor({1}), true);
  try {
    make_sgd({{{{"w", w, true}}}, {{{"head.w", w, true}}}}, {});
    ADD_FAILURE();
  } catch (const CheckFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("head.w"), std::string::npos);
  }
}

TEST(Optimizer, ValuesAndModuleStayTheSameWhenParametersMove) {
  Rng rng(1);
  Linear layer(3, 2, rng);
  const Floats before = layer.state()[0].tensor.to_vector();
  const auto adam = make_adamw(layer.parameters(), {});
  EXPECT_EQ(layer.state()[0].tensor.to_vector(), before);
  backward(sum(layer.forward(Var(Tensor({1, 3}, Floats{1, 2, 3})))));
  adam->step(0.1f);
  EXPECT_NE(layer.state()[0].tensor.to_vector(), before);
}

// Four parts of three rows against one batch of twelve.
TEST(Optimizer, AccumulatedPartsAreTheWholeBatch) {
  const Tensor x({12, 3}, spread_values(36, 1)), y({12, 2}, spread_values(24, 2));
  const auto trained = [&](int64_t parts) {
    Rng rng(1);
    Linear layer(3, 2, rng);
    const auto adam = make_adam(layer.parameters(), {});
    for (int step = 0; step < 10; ++step) {
      adam->zero_grad();
      const int64_t rows = 12 / parts;
      for (int64_t p = 0; p < parts; ++p) {
        const Var part = layer.forward(Var(x.view(p * rows * 3, {rows, 3})));
        const Var loss = mse_loss(part, y.view(p * rows * 2, {rows, 2}));
        backward(scale(loss, 1.0f / static_cast<float>(parts)));
      }
      adam->step(0.01f);
    }
    return layer.state()[0].tensor.to_vector();
  };
  const Floats whole = trained(1), accumulated = trained(4);
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(accumulated[i], whole[i], 1e-5);
}

using Make = std::unique_ptr<Optimizer> (*)(const std::vector<NamedVar>&);

std::vector<Make> every_optimizer() {
  return {[](const auto& p) { return make_sgd(p, {}); },
          [](const auto& p) { return make_adagrad(p, {}); },
          [](const auto& p) { return make_rmsprop(p, {.momentum = 0.9f, .centered = true}); },
          [](const auto& p) { return make_adam(p, {.weight_decay = 1e-2f}); },
          [](const auto& p) { return make_adamw(p, {}); }};
}

TEST(Optimizer, CheckpointsGoOnBitExactly) {
  for (const Make make : every_optimizer()) {
    const auto step = [](Optimizer& optimizer, std::vector<NamedVar>& parameters, int t) {
      optimizer.zero_grad();
      set_gradients(parameters, t);
      optimizer.step(0.01f);
    };
    std::vector<NamedVar> parameters = some_parameters(), resumed = some_parameters();
    const auto optimizer = make(parameters);
    for (int t = 0; t < 5; ++t) step(*optimizer, parameters, t);

    for (size_t p = 0; p < parameters.size(); ++p)
      resumed[p].var.value().copy_from(parameters[p].var.value());
    const auto fresh = make(resumed);
    fresh->load_state(optimizer->state());
    for (int t = 5; t < 10; ++t) {
      step(*optimizer, parameters, t);
      step(*fresh, resumed, t);
    }
    for (size_t p = 0; p < parameters.size(); ++p)
      EXPECT_EQ(resumed[p].var.value().to_vector(), parameters[p].var.value().to_vector());
    EXPECT_THROW(fresh->load_state({}), Error);
  }
}

// Every rule finds the bottom of a bowl that is a hundred times steeper one way than the other.
TEST(Optimizer, EveryRuleFindsTheMinimum) {
  for (const Make make : every_optimizer()) {
    Var w(Tensor({2}, Floats{1, -1}), true);
    const auto optimizer = make({{"w", w, false}});
    const Var steepness(Tensor({2}, Floats{1.0f, 0.01f}));
    for (int step = 0; step < 800; ++step) {
      optimizer->zero_grad();
      backward(sum(multiply(steepness, square(w))));
      optimizer->step(step < 600 ? 0.1f : 0.002f);
    }
    for (const float value : w.value().to_vector()) EXPECT_NEAR(value, 0.0f, 0.2f);
  }
}

TEST(WeightAverage, IsTheRecurrence) {
  BatchNorm norm(1);
  WeightAverage average(norm, {.decay = 0.75f, .warm_up = false});
  Tensor weight = norm.state()[0].tensor, running_mean = norm.buffers()[0].tensor;
  double expected = 1.0, expected_mean = 0.0;
  for (int t = 1; t <= 5; ++t) {
    weight.fill(static_cast<float>(t));
    running_mean.fill(static_cast<float>(-t));
    average.update();
    expected += 0.25 * (t - expected);
    expected_mean += 0.25 * (-t - expected_mean);
  }
  EXPECT_NEAR(average.state()[0].tensor.item(), expected, 1e-6);
  EXPECT_NEAR(average.state()[2].tensor.item(), expected_mean, 1e-6);
}

// 1 with decay 1/11 towards 2, then 2/12 towards 2.
TEST(WeightAverage, WarmsUp) {
  BatchNorm norm(1);
  WeightAverage average(norm, {.decay = 0.999f});
  norm.state()[0].tensor.copy_from(Tensor({1}, Floats{2}));
  average.update();
  average.update();
  EXPECT_NEAR(average.state()[0].tensor.item(), 2.0 - 1.0 / 11.0 * 2.0 / 12.0, 1e-6);
}

TEST(WeightAverage, IsSwappedInAndOut) {
  BatchNorm norm(1);
  Tensor weight = norm.state()[0].tensor;
  WeightAverage average(norm);
  weight.fill(5.0f);
  {
    const AverageInPlace in_use(average);
    EXPECT_EQ(weight.item(), 1.0f);
    EXPECT_THROW(average.update(), CheckFailure);
    EXPECT_THROW(average.state(), CheckFailure);
  }
  EXPECT_EQ(weight.item(), 5.0f);

  BatchNorm other(1);
  WeightAverage resumed(other);
  average.update();
  resumed.load_state(average.state());
  other.load_state(norm.state());
  average.update();
  resumed.update();
  EXPECT_EQ(resumed.state()[0].tensor.item(), average.state()[0].tensor.item());
}

}  // namespace
}  // namespace tengen::nn
