// The one list of operations and shapes: each case is used for values against double loops, for
// gradients against finite differences on every device, and for device against device.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "nn/ops.h"
#include "tests/nn/op_oracles.h"

namespace tengen::nn {

struct OpCase {
  std::string name;
  std::vector<Shape> inputs;
  std::function<Var(const std::vector<Var>&)> run;
  // Empty where another case has the same formula.
  std::function<Doubles(const std::vector<Doubles>&)> oracle = {};
  // Inputs from here on are targets and weights, which get no gradient.
  int differentiable = 100;
  // Big shapes, which exist to meet vector tails and parallel ranges, are not differentiated
  // numerically.
  bool numeric = true;
};

std::vector<OpCase> op_cases();

// Distinct values, evenly spread over [-2, 2] and shuffled: no two within a finite difference's
// step of each other or of the kinks at zero, as long as there are fewer than about a hundred.
std::vector<float> spread_values(int64_t size, uint64_t stream);

inline std::ostream& operator<<(std::ostream& out, const OpCase& c) { return out << c.name; }

}  // namespace tengen::nn
