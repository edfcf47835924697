#include "tests/nn/wrong_gradients.h"

#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

// x^2 with the gradient factor * x * dy; right would be 2.
Var square_with(const Var& x, float factor) {
  return make_var(unary(Unary::kSquare, x.value()), {x}, [x, factor](const Tensor& dy) {
    x.add_grad(binary(Binary::kMultiply, dy, scaled(x.value(), factor)));
  });
}

// a b, where the gradient of b is forgotten.
Var product_without_gradient_of_b(const Var& a, const Var& b) {
  return make_var(
      binary(Binary::kMultiply, a.value(), b.value()), {a, b},
      [a, b](const Tensor& dy) { a.add_grad(binary(Binary::kMultiply, dy, b.value())); });
}

// sum(x^2) whose gradient ignores dy.
Var sum_of_squares_without_chain_rule(const Var& x) {
  return make_var(sum_of_all(unary(Unary::kSquare, x.value())), {x},
                  [x](const Tensor&) { x.add_grad(scaled(x.value(), 2.0f)); });
}

// Right everywhere but for the last element.
Var tanh_but_for_the_last(const Var& x) {
  const Tensor y = unary(Unary::kTanh, x.value());
  return make_var(y, {x}, [x, y](const Tensor& dy) {
    Tensor dx = Tensor::uninitialized(y.shape(), y.device());
    y.device().unary_grad(Unary::kTanh, y.size(), y.data(), y.data(), dy.data(), dx.data());
    dx.view(dx.size() - 1, {1}).fill(0.0f);
    x.add_grad(dx);
  });
}

}  // namespace

std::vector<OpCase> wrong_gradients(double smallest_mistake) {
  const auto squares = [](float factor) {
    return [factor](const Vars& v) { return square_with(v[0], factor); };
  };
  return {
      {"wrong_sign", {{5}}, squares(-2.0f)},
      {"forgotten_factor", {{5}}, squares(1.0f)},
      {"a_little_too_large", {{5}}, squares(static_cast<float>(2.0 + 2.0 * smallest_mistake))},
      {"forgotten_input",
       {{3, 2}, {3, 2}},
       [](const Vars& v) { return product_without_gradient_of_b(v[0], v[1]); }},
      {"forgotten_chain_rule",
       {{4}},
       [](const Vars& v) { return scale(sum_of_squares_without_chain_rule(v[0]), 3.0f); }},
      {"forgotten_last_element", {{7}}, [](const Vars& v) { return tanh_but_for_the_last(v[0]); }},
  };
}

}  // namespace tengen::nn
