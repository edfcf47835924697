// Cases of ops_norm.cpp.
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen::nn {
namespace {

Doubles relu_of(Doubles y, const Doubles& residual) {
  for (size_t i = 0; i < y.size(); ++i)
    y[i] = std::max(0.0, y[i] + (residual.empty() ? 0.0 : residual[i]));
  return y;
}

void add_batch_norms(std::vector<OpCase>& cases, const Shape& shape) {
  constexpr float kEpsilon = 1e-3f;
  const Shape channels{shape[-1]};
  const auto add = [&](const std::string& name, std::vector<Shape> inputs,
                       std::function<Var(const Vars&)> run,
                       std::function<Doubles(const Values&)> oracle, int differentiable) {
    cases.push_back({name + sizes_of(shape), std::move(inputs), std::move(run), std::move(oracle),
                     differentiable, shape.size() < 100});
  };
  const auto normed = [](const Values& v) { return oracle_batch_norm(v[0], v[1], v[2], kEpsilon); };
  add(
      "batch_norm_train", {shape, channels, channels},
      [](const Vars& v) { return batch_norm_train(v[0], v[1], v[2], kEpsilon, nullptr, nullptr); },
      normed, 3);
  add(
      "batch_norm_relu_train", {shape, channels, channels},
      [](const Vars& v) {
        return batch_norm_relu_train(v[0], v[1], v[2], Var(), kEpsilon, nullptr, nullptr);
      },
      [=](const Values& v) { return relu_of(normed(v), {}); }, 3);
  add(
      "batch_norm_relu_train_residual", {shape, channels, channels, shape},
      [](const Vars& v) {
        return batch_norm_relu_train(v[0], v[1], v[2], v[3], kEpsilon, nullptr, nullptr);
      },
      [=](const Values& v) { return relu_of(normed(v), v[3]); }, 4);
  add(
      "batch_norm_infer", {shape, channels, channels, channels, channels},
      [](const Vars& v) {
        return batch_norm_infer(v[0], v[1], v[2], v[3].value(), square(v[4]).value(), kEpsilon);
      },
      [](const Values& v) {
        Doubles y = v[0];
        for (size_t i = 0; i < y.size(); ++i) {
          const size_t c = i % v[1].size();
          y[i] = (y[i] - v[3][c]) / std::sqrt(v[4][c] * v[4][c] + kEpsilon) * v[1][c] + v[2][c];
        }
        return y;
      },
      3);
}

}  // namespace

void add_norms(std::vector<OpCase>& cases) {
  for (const Shape& shape : {Shape{4, 3}, Shape{2, 2, 3, 5}, Shape{3, 9, 9, 70}})
    add_batch_norms(cases, shape);
  for (const Shape& shape : {Shape{3, 5}, Shape{2, 1}, Shape{2, 3, 4}, Shape{50, 82}})
    cases.push_back({"log_softmax" + sizes_of(shape),
                     {shape},
                     [](const Vars& v) { return log_softmax(v[0]); },
                     [=](const Values& v) { return oracle_log_softmax(v[0], shape[-1]); },
                     100,
                     shape.size() < 100});
}

}  // namespace tengen::nn
