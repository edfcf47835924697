// The one list of operations and shapes: each case is used for values against double loops, for
// gradients against finite differences on every device, and for device against device.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "nn/gradcheck.h"
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

using Vars = std::vector<Var>;
using Values = std::vector<Doubles>;

std::vector<OpCase> op_cases();

// Its parts, one op_cases_*.cpp for each ops_*.cpp.
void add_elementwise(std::vector<OpCase>& cases);
void add_activations(std::vector<OpCase>& cases);
void add_products(std::vector<OpCase>& cases);
void add_convolutions(std::vector<OpCase>& cases);
void add_pools(std::vector<OpCase>& cases);
void add_shapes_and_reductions(std::vector<OpCase>& cases);
void add_moves(std::vector<OpCase>& cases);
void add_attention(std::vector<OpCase>& cases);
void add_norms(std::vector<OpCase>& cases);
void add_group_norms(std::vector<OpCase>& cases);
void add_losses(std::vector<OpCase>& cases);
void add_recurrent(std::vector<OpCase>& cases);

// Its inputs, of spread_values.
std::vector<Var> inputs_on(const OpCase& c, Device& device);
// A scalar that gives every element of y its own weight.
Var probed(const Var& y);
// Finite differences of the case's differentiable inputs.
GradcheckResult check_gradient(const OpCase& c, Device& device, const GradcheckOptions& options);

// "_3_4" for [3,4]: names of tests are made of letters, digits and underscores.
std::string sizes_of(const Shape& shape);
double sigmoid_of(double x);

// Distinct values, evenly spread over [-2, 2] and shuffled: no two within a finite difference's
// step of each other or of the kinks at zero, as long as there are fewer than about a hundred.
std::vector<float> spread_values(int64_t size, uint64_t stream);

inline std::ostream& operator<<(std::ostream& out, const OpCase& c) { return out << c.name; }

}  // namespace tengen::nn
