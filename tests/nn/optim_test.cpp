// Optimisers against independent implementations in double, their checkpoints, and clipping.
#include "nn/optim/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/layers/linear.h"
#include "nn/ops.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

// Two weights that decay around a bias that does not.
std::vector<NamedVar> some_parameters() {
  return {{"a", Var(Tensor({3, 2}, spread_values(6, 1)), true), true},
          {"b", Var(Tensor({4}, spread_values(4, 2)), true), false},
          {"c", Var(Tensor({5}, spread_values(5, 3)), true), true}};
}

// The gradient of step t for element i of a parameter; any fixed numbers would do.
float gradient_at(size_t parameter, int64_t i, int t) {
  return static_cast<float>(std::sin(1.0 + 3.0 * static_cast<double>(parameter) +
                                     0.7 * static_cast<double>(i) + 1.3 * t));
}

void set_gradients(std::vector<NamedVar>& parameters, int t) {
  for (size_t p = 0; p < parameters.size(); ++p) {
    std::vector<float> values(parameters[p].var.value().size());
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = gradient_at(p, static_cast<int64_t>(i), t);
    parameters[p].var.add_grad(Tensor(parameters[p].var.shape(), values));
  }
}

using Rule = std::function<void(double& weight, double gradient, double* state, int t, bool decay)>;

// Runs `optimizer` and `rule` side by side.
void expect_follows(Optimizer& optimizer, std::vector<NamedVar> parameters, const Rule& rule) {
  std::vector<std::vector<double>> weights, states;
  for (const NamedVar& parameter : parameters) {
    const std::vector<float> values = parameter.var.value().to_vector();
    weights.emplace_back(values.begin(), values.end());
    states.emplace_back(2 * values.size());
  }
  for (int t = 1; t <= 30; ++t) {
    optimizer.zero_grad();
    set_gradients(parameters, t);
    optimizer.step(0.05f);
    for (size_t p = 0; p < parameters.size(); ++p) {
      const std::vector<float> got = parameters[p].var.value().to_vector();
      for (size_t i = 0; i < got.size(); ++i) {
        rule(weights[p][i], gradient_at(p, static_cast<int64_t>(i), t), &states[p][2 * i], t,
             parameters[p].decay);
        ASSERT_NEAR(got[i], weights[p][i], 1e-6 * std::max(1.0, std::abs(weights[p][i])))
            << parameters[p].path << " " << i << " after step " << t;
      }
    }
  }
}

TEST(Optimizer, SgdIsTheFormula) {
  for (const bool nesterov : {false, true}) {
    const std::vector<NamedVar> parameters = some_parameters();
    const auto sgd =
        make_sgd(parameters, {.momentum = 0.8f, .nesterov = nesterov, .weight_decay = 0.01f});
    expect_follows(*sgd, parameters, [&](double& w, double g, double* velocity, int, bool decay) {
      const double mu = 0.8f;
      if (decay) g += double{0.01f} * w;
      *velocity = mu * *velocity + g;
      w -= double{0.05f} * (nesterov ? g + mu * *velocity : *velocity);
    });
  }
}

TEST(Optimizer, AdamWIsTheFormula) {
  const std::vector<NamedVar> parameters = some_parameters();
  const auto adam = make_adamw(
      parameters, {.beta1 = 0.9f, .beta2 = 0.98f, .epsilon = 1e-6f, .weight_decay = 0.1f});
  expect_follows(*adam, parameters, [](double& w, double g, double* state, int t, bool decay) {
    const double b1 = 0.9f, b2 = 0.98f, rate = 0.05f;
    if (decay) w -= rate * double{0.1f} * w;
    state[0] = b1 * state[0] + (1 - b1) * g;
    state[1] = b2 * state[1] + (1 - b2) * g * g;
    const double first = state[0] / (1 - std::pow(b1, t));
    const double second = state[1] / (1 - std::pow(b2, t));
    w -= rate * first / (std::sqrt(second) + double{1e-6f});
  });
}

// w = 1, gradient 2 w, learning rate 0.1, by hand.
TEST(Optimizer, FirstStepsByHand) {
  Var w(Tensor({1}, std::vector<float>{1}), true);
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
  parameters[0].var.add_grad(Tensor({3, 2}, std::vector<float>{3, 0, 0, 0, 0, 0}));
  parameters[1].var.add_grad(Tensor({4}, std::vector<float>{0, 4, 0, 0}));
  EXPECT_NEAR(sgd->clip_gradient(10.0f), 5.0f, 1e-5);
  EXPECT_EQ(parameters[1].var.grad().to_vector(), (std::vector<float>{0, 4, 0, 0}));
  EXPECT_NEAR(sgd->clip_gradient(1.0f), 5.0f, 1e-5);
  EXPECT_NEAR(parameters[0].var.grad().to_vector()[0], 0.6f, 1e-6);
  EXPECT_NEAR(parameters[1].var.grad().to_vector()[1], 0.8f, 1e-6);
}

TEST(Optimizer, ValuesAndModuleStayTheSameWhenParametersMove) {
  Rng rng(1);
  Linear layer(3, 2, rng);
  const std::vector<float> before = layer.state()[0].tensor.to_vector();
  const auto adam = make_adamw(layer.parameters(), {});
  EXPECT_EQ(layer.state()[0].tensor.to_vector(), before);
  backward(sum(layer.forward(Var(Tensor({1, 3}, std::vector<float>{1, 2, 3})))));
  adam->step(0.1f);
  EXPECT_NE(layer.state()[0].tensor.to_vector(), before);
}

TEST(Optimizer, CheckpointsGoOnBitExactly) {
  for (const bool adam : {false, true}) {
    const auto made = [&](const std::vector<NamedVar>& parameters) {
      return adam ? make_adamw(parameters, {}) : make_sgd(parameters, {});
    };
    const auto step = [](Optimizer& optimizer, std::vector<NamedVar>& parameters, int t) {
      optimizer.zero_grad();
      set_gradients(parameters, t);
      optimizer.step(0.01f);
    };
    std::vector<NamedVar> parameters = some_parameters(), resumed = some_parameters();
    const auto optimizer = made(parameters);
    for (int t = 0; t < 5; ++t) step(*optimizer, parameters, t);

    for (size_t p = 0; p < parameters.size(); ++p)
      resumed[p].var.value().copy_from(parameters[p].var.value());
    const auto fresh = made(resumed);
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

}  // namespace
}  // namespace tengen::nn
