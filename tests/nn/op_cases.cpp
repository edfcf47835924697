#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/base/rng.h"

namespace tengen::nn {

std::string sizes_of(const Shape& shape) {
  std::string text;
  for (int64_t dim : shape.dims()) text.append("_").append(std::to_string(dim));
  return text;
}

double sigmoid_of(double x) { return 1.0 / (1.0 + std::exp(-x)); }

std::vector<float> spread_values(int64_t size, uint64_t stream) {
  Rng rng(7, stream);
  std::vector<float> values(size);
  for (int64_t i = 0; i < size; ++i) {
    values[i] = static_cast<float>(4.0 * (i + 0.3) / static_cast<double>(size) - 2.0);
    std::swap(values[i], values[rng.below(static_cast<uint32_t>(i + 1))]);
  }
  return values;
}

std::vector<Var> inputs_on(const OpCase& c, Device& device) {
  std::vector<Var> inputs;
  for (size_t i = 0; i < c.inputs.size(); ++i)
    inputs.emplace_back(Tensor(c.inputs[i], spread_values(c.inputs[i].size(), i), device),
                        static_cast<int>(i) < c.differentiable);
  return inputs;
}

Var probed(const Var& y) {
  return sum(
      multiply(y, Var(Tensor(y.shape(), spread_values(y.value().size(), 99), y.value().device()))));
}

GradcheckResult check_gradient(const OpCase& c, Device& device, const GradcheckOptions& options) {
  std::vector<Var> wanted = inputs_on(c, device);
  const std::vector<Var> all = wanted;
  wanted.resize(std::min<size_t>(wanted.size(), c.differentiable));
  const auto f = [&](const std::vector<Var>& changed) {
    std::vector<Var> inputs = changed;
    inputs.insert(inputs.end(), all.begin() + static_cast<long>(changed.size()), all.end());
    return probed(c.run(inputs));
  };
  return gradcheck_report(f, wanted, options);
}

std::vector<OpCase> op_cases() {
  std::vector<OpCase> cases;
  add_elementwise(cases);
  add_activations(cases);
  add_products(cases);
  add_convolutions(cases);
  add_pools(cases);
  add_shapes_and_reductions(cases);
  add_moves(cases);
  add_attention(cases);
  add_norms(cases);
  add_group_norms(cases);
  add_losses(cases);
  add_recurrent(cases);
  return cases;
}

}  // namespace tengen::nn
