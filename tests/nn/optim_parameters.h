// Parameters and made-up gradients for the tests of optimisers.
#pragma once

#include <cmath>
#include <vector>

#include "nn/layers/module.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {

// Two weights that decay around a bias that does not.
inline std::vector<NamedVar> some_parameters() {
  return {{"a", Var(Tensor({3, 2}, spread_values(6, 1)), true), true},
          {"b", Var(Tensor({4}, spread_values(4, 2)), true), false},
          {"c", Var(Tensor({5}, spread_values(5, 3)), true), true}};
}

// The gradient of step t for element i of a parameter; any fixed numbers would do.
inline float gradient_at(size_t parameter, int64_t i, int t) {
  return static_cast<float>(std::sin(1.0 + 3.0 * static_cast<double>(parameter) +
                                     0.7 * static_cast<double>(i) + 1.3 * t));
}

inline void set_gradients(std::vector<NamedVar>& parameters, int t) {
  for (size_t p = 0; p < parameters.size(); ++p) {
    std::vector<float> values(parameters[p].var.value().size());
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = gradient_at(p, static_cast<int64_t>(i), t);
    parameters[p].var.add_grad(Tensor(parameters[p].var.shape(), values));
  }
}

}  // namespace tengen::nn
