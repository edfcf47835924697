#include "tests/nn/traced_cases.h"

#include "nn/base/check.h"

namespace tengen::nn {

Forward network_of(const OpCase& c) {
  std::vector<Var> rest;
  for (size_t k = 1; k < c.inputs.size(); ++k)
    rest.emplace_back(Tensor(c.inputs[k], spread_values(c.inputs[k].size(), k)));
  return [=](const std::vector<Var>& in) {
    std::vector<Var> all{in[0]};
    all.insert(all.end(), rest.begin(), rest.end());
    return std::vector<Var>{c.run(all)};
  };
}

Forward network_of(const LayerCase& c) {
  const std::shared_ptr<Module> layer = c.make();
  layer->train(false);
  return [=](const std::vector<Var>& in) { return std::vector<Var>{c.run(*layer, in)}; };
}

bool can_be_traced(const Forward& network, const std::vector<Shape>& inputs) {
  try {
    trace(network, inputs);
    return true;
  } catch (const CheckFailure&) {
    return false;
  }
}

std::vector<Tensor> inputs_of(const std::vector<Shape>& shapes) {
  std::vector<Tensor> inputs;
  for (const Shape& shape : shapes)
    inputs.emplace_back(shape, spread_values(shape.size(), inputs.size()));
  return inputs;
}

}  // namespace tengen::nn
