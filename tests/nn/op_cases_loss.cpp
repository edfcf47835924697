// Cases of ops_loss.cpp and ops_loss_classes.cpp.
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen::nn {
namespace {

int class_of(int64_t row, int64_t columns) { return static_cast<int>((3 * row + 1) % columns); }

Tensor classes_of(const Shape& shape, Device& device) {
  std::vector<float> classes;
  for (int64_t row = 0; row < shape[0]; ++row)
    classes.push_back(static_cast<float>(class_of(row, shape[1])));
  return Tensor({shape[0]}, classes, device);
}

// Losses that are given classes; an oracle gets one row of x and the row's class.
void add_class_losses(std::vector<OpCase>& cases, const Shape& shape) {
  using Row = std::function<double(const Doubles& x, int own)>;
  using Loss = std::function<Var(const Var& x, const Tensor& classes, const Tensor& weight)>;
  const int64_t columns = shape[1];
  const auto oracle = [=](const Values& v, const Row& row) {
    double sum = 0.0;
    for (int64_t r = 0; r < shape[0]; ++r) {
      const auto begin = v[0].begin() + r * columns;
      sum += v[1][r] * row(Doubles(begin, begin + columns), class_of(r, columns));
    }
    return Doubles{sum / static_cast<double>(shape[0])};
  };
  const auto add = [&](const std::string& name, const Loss& run, const Row& row) {
    cases.push_back({name + sizes_of(shape),
                     {shape, {shape[0]}},
                     [=](const Vars& v) {
                       return run(v[0], classes_of(shape, v[0].value().device()), v[1].value());
                     },
                     [=](const Values& v) { return oracle(v, row); },
                     1,
                     shape.size() < 100});
  };
  add(
      "class_cross_entropy",
      [](const Var& x, const Tensor& classes, const Tensor& weight) {
        return class_cross_entropy(x, classes, {0.1f, weight});
      },
      [=](const Doubles& x, int own) {
        const Doubles log_p = oracle_log_softmax(x, columns);
        double loss = -(1.0 - 0.1f) * log_p[own];
        for (double value : log_p) loss -= 0.1f / static_cast<double>(columns) * value;
        return loss;
      });
  add(
      "nll",
      [](const Var& x, const Tensor& classes, const Tensor& weight) {
        return nll_loss(x, classes, weight);
      },
      [](const Doubles& x, int own) { return -x[own]; });
  add(
      "class_hinge",
      [](const Var& x, const Tensor& classes, const Tensor& weight) {
        return class_hinge_loss(x, classes, weight);
      },
      [](const Doubles& x, int own) {
        double loss = 0.0;
        for (size_t j = 0; j < x.size(); ++j)
          if (static_cast<int>(j) != own) loss += std::max(0.0, 1.0 + x[j] - x[own]);
        return loss;
      });
}

}  // namespace

void add_losses(std::vector<OpCase>& cases) {
  using Loss = Var (*)(const Var&, const Tensor&, const Tensor&);
  const auto loss =
      [&](const std::string& name, Shape shape, Loss run,
          std::function<Doubles(const Doubles&, const Doubles&, const Doubles&)> oracle) {
        const std::string size = sizes_of(shape);
        const bool numeric = shape.size() < 100;
        cases.push_back({name + size,
                         {shape, shape},
                         [run](const Vars& v) { return run(v[0], v[1].value(), Tensor()); },
                         [=](const Values& v) { return oracle(v[0], v[1], {}); },
                         1,
                         numeric});
        cases.push_back({name + "_weighted" + size,
                         {shape, shape, {shape[0]}},
                         [run](const Vars& v) { return run(v[0], v[1].value(), v[2].value()); },
                         [=](const Values& v) { return oracle(v[0], v[1], v[2]); },
                         1,
                         numeric});
      };
  for (const Shape& shape : {Shape{3, 5}, Shape{4, 1}, Shape{40, 82}}) {
    const double rows = static_cast<double>(shape[0]), all = static_cast<double>(shape.size());
    const int64_t columns = shape[1];
    loss("cross_entropy", shape, cross_entropy,
         [=](const Doubles& x, const Doubles& t, const Doubles& w) {
           return oracle_loss(oracle_log_softmax(x, columns), t, w, rows,
                              [](double log_p, double target) { return -target * log_p; });
         });
    loss("binary_cross_entropy", shape, binary_cross_entropy_with_logits,
         [=](const Doubles& x, const Doubles& t, const Doubles& w) {
           return oracle_loss(x, t, w, all, [](double logit, double target) {
             const double p = sigmoid_of(logit);
             return -target * std::log(p) - (1.0 - target) * std::log(1.0 - p);
           });
         });
    loss("mse", shape, mse_loss, [=](const Doubles& x, const Doubles& t, const Doubles& w) {
      return oracle_loss(x, t, w, all, [](double a, double b) { return (a - b) * (a - b); });
    });
    loss(
        "huber", shape,
        [](const Var& x, const Tensor& t, const Tensor& w) { return huber_loss(x, t, 0.7f, w); },
        [=](const Doubles& x, const Doubles& t, const Doubles& w) {
          return oracle_loss(x, t, w, all, [](double a, double b) {
            const double d = std::abs(a - b), delta = 0.7f;
            return d <= delta ? d * d / 2.0 : delta * (d - delta / 2.0);
          });
        });
    loss("l1", shape, l1_loss, [=](const Doubles& x, const Doubles& t, const Doubles& w) {
      return oracle_loss(x, t, w, all, [](double a, double b) { return std::abs(a - b); });
    });
    loss("hinge", shape, hinge_loss, [=](const Doubles& x, const Doubles& t, const Doubles& w) {
      return oracle_loss(x, t, w, all, [](double a, double b) { return std::max(0.0, 1 - a * b); });
    });
    loss(
        "binary_cross_entropy_of_probabilities", shape,
        [](const Var& x, const Tensor& t, const Tensor& w) {
          return binary_cross_entropy(sigmoid(x), t, w);
        },
        [=](const Doubles& x, const Doubles& t, const Doubles& w) {
          return oracle_loss(x, t, w, all, [](double a, double target) {
            const double p = sigmoid_of(a);
            return -target * std::log(p) - (1.0 - target) * std::log(1.0 - p);
          });
        });
    loss(
        "kl_divergence", shape,
        [](const Var& x, const Tensor& t, const Tensor& w) {
          return kl_divergence(log_softmax(x), square(Var(t)).value(), w);
        },
        [=](const Doubles& x, const Doubles& t, const Doubles& w) {
          return oracle_loss(oracle_log_softmax(x, columns), t, w, rows,
                             [](double log_p, double root) {
                               const double p = root * root;
                               return p * (std::log(p) - log_p);
                             });
        });
    add_class_losses(cases, shape);
  }
  // Its values: ctc_test.cpp.
  cases.push_back({"ctc", {{4, 5, 3}}, [](const Vars& v) {
                     return ctc_loss(v[0], {{1, 2}, {2, 2}, {}, {1, 2, 1}}, {0, {5, 4, 3, 3}});
                   }});
}

}  // namespace tengen::nn
