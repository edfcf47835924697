// Every optimiser against its published formula, written down again in double. Compiled twice: in
// float32 (both devices) and, in nn_double_tests, in double over many more steps.
#include <gtest/gtest.h>

#include <algorithm>

#include "nn/optim/optimizer.h"
#include "tests/nn/optim_parameters.h"

namespace tengen::nn {
namespace {

constexpr bool kInDouble = sizeof(float) == 8;
constexpr int kSteps = kInDouble ? 2000 : 60;
constexpr double kTolerance = kInDouble ? 1e-10 : 1e-6;
constexpr float kRate = 0.05f;

struct Moments {
  double a = 0.0, b = 0.0, c = 0.0;  // whatever a rule remembers of one weight
};
// One step of one weight. `decay` is zero for a bias.
using Rule = std::function<void(double& weight, double gradient, double decay, int t, Moments& m)>;
using Make = std::function<std::unique_ptr<Optimizer>(const ParameterGroups&)>;

std::vector<NamedVar> parameters_on(Device& device) {
  std::vector<NamedVar> parameters = some_parameters();
  for (NamedVar& parameter : parameters)
    parameter.var = Var(Tensor(parameter.var.shape(), parameter.var.value().to_vector(), device),
                        /*requires_grad=*/true);
  return parameters;
}

void expect_follows(const Make& make, double weight_decay, const Rule& rule) {
  for (Device* device : {&reference_device(), &cpu_device()}) {
    std::vector<NamedVar> parameters = parameters_on(*device);
    std::vector<std::vector<double>> weights;
    std::vector<std::vector<Moments>> moments;
    for (const NamedVar& parameter : parameters) {
      const std::vector<float> values = parameter.var.value().to_vector();
      weights.emplace_back(values.begin(), values.end());
      moments.emplace_back(values.size());
    }
    const auto optimizer = make(parameters);
    for (int t = 1; t <= kSteps; ++t) {
      optimizer->zero_grad();
      set_gradients(parameters, t);
      optimizer->step(kRate);
      for (size_t p = 0; p < parameters.size(); ++p) {
        const std::vector<float> got = parameters[p].var.value().to_vector();
        const double decay = parameters[p].decay ? weight_decay : 0.0;
        for (size_t i = 0; i < got.size(); ++i) {
          double& expected = weights[p][i];
          rule(expected, gradient_at(p, static_cast<int64_t>(i), t), decay, t, moments[p][i]);
          ASSERT_NEAR(got[i], expected, kTolerance * std::max(1.0, std::abs(expected)))
              << device->name() << ", " << parameters[p].path << " " << i << " after step " << t;
        }
      }
    }
  }
}

TEST(OptimizerFormula, SgdWithMomentum) {
  for (const bool nesterov : {false, true})
    expect_follows(
        [&](const ParameterGroups& all) {
          return make_sgd(all, {.momentum = 0.8f, .nesterov = nesterov, .weight_decay = 0.01f});
        },
        0.01f,
        [&](double& w, double g, double decay, int, Moments& m) {
          const double mu = 0.8f, rate = kRate;
          g += decay * w;
          m.a = mu * m.a + g;
          w -= rate * (nesterov ? g + mu * m.a : m.a);
        });
}

TEST(OptimizerFormula, Adagrad) {
  expect_follows(
      [](const ParameterGroups& all) {
        return make_adagrad(all, {.epsilon = 1e-6f, .weight_decay = 0.02f});
      },
      0.02f,
      [](double& w, double g, double decay, int, Moments& m) {
        g += decay * w;
        m.a += g * g;
        w -= double{kRate} / (std::sqrt(m.a) + double{1e-6f}) * g;
      });
}

TEST(OptimizerFormula, Rmsprop) {
  for (const bool centered : {false, true})
    for (const float momentum : {0.0f, 0.5f})
      expect_follows(
          [&](const ParameterGroups& all) {
            return make_rmsprop(all, {.decay = 0.95f,
                                      .epsilon = 1e-2f,
                                      .momentum = momentum,
                                      .centered = centered,
                                      .weight_decay = 0.02f});
          },
          0.02f,
          [&](double& w, double g, double decay, int, Moments& m) {
            const double keep = 0.95f;
            g += decay * w;
            m.a = keep * m.a + (1 - keep) * g * g;
            m.b = keep * m.b + (1 - keep) * g;
            const double variance = centered ? m.a - m.b * m.b : m.a;
            m.c = double{momentum} * m.c - double{kRate} * g / std::sqrt(variance + double{1e-2f});
            w += m.c;
          });
}

// Adam's direction; both places of the decay follow.
double adam_direction(double g, int t, Moments& m) {
  const double b1 = 0.9f, b2 = 0.98f;
  m.a = b1 * m.a + (1 - b1) * g;
  m.b = b2 * m.b + (1 - b2) * g * g;
  return m.a / (1 - std::pow(b1, t)) / (std::sqrt(m.b / (1 - std::pow(b2, t))) + double{1e-6f});
}

TEST(OptimizerFormula, AdamWithDecayInTheGradient) {
  expect_follows(
      [](const ParameterGroups& all) {
        return make_adam(all,
                         {.beta1 = 0.9f, .beta2 = 0.98f, .epsilon = 1e-6f, .weight_decay = 0.1f});
      },
      0.1f,
      [](double& w, double g, double decay, int t, Moments& m) {
        w -= double{kRate} * adam_direction(g + decay * w, t, m);
      });
}

TEST(OptimizerFormula, AdamWWithDecayApart) {
  expect_follows(
      [](const ParameterGroups& all) {
        return make_adamw(all,
                          {.beta1 = 0.9f, .beta2 = 0.98f, .epsilon = 1e-6f, .weight_decay = 0.1f});
      },
      0.1f,
      [](double& w, double g, double decay, int t, Moments& m) {
        const double before = w;
        w -= double{kRate} * (adam_direction(g, t, m) + decay * before);
      });
}

}  // namespace
}  // namespace tengen::nn
