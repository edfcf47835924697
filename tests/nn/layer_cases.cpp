#include "tests/nn/layer_cases.h"

#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/global_pool.h"
#include "nn/layers/linear.h"
#include "nn/layers/residual_block.h"
#include "nn/layers/sequential.h"
#include "nn/ops.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

// The probed result of a fresh layer as a function of `values`: its inputs, then its parameters.
// The layer's own tape is followed at once; what leaves is one node with those gradients.
Var fresh_result(const LayerCase& c, bool training, const std::vector<Var>& values) {
  const std::unique_ptr<Module> layer = c.make();
  layer->to(values[0].value().device());
  layer->train(training);
  std::vector<Var> own;
  for (size_t i = 0; i < c.inputs.size(); ++i) own.emplace_back(values[i].value().clone(), true);
  const std::vector<Var> inputs = own;
  for (const NamedVar& parameter : layer->parameters()) {
    own.push_back(parameter.var);
    own.back().value().copy_from(values[own.size() - 1].value());
  }
  const Var result = probed(c.run(*layer, inputs));
  if (grad_enabled()) backward(result);
  return make_var(result.value(), values, [values, own](const Tensor&) {
    for (size_t i = 0; i < own.size(); ++i)
      if (own[i].grad().defined()) values[i].add_grad(own[i].grad());
  });
}

}  // namespace

GradcheckResult check_gradient(const LayerCase& c, bool training, const GradcheckOptions& options,
                               Device& device) {
  std::vector<Var> values;
  for (size_t i = 0; i < c.inputs.size(); ++i)
    values.emplace_back(Tensor(c.inputs[i], spread_values(c.inputs[i].size(), i), device), true);
  const std::unique_ptr<Module> layer = c.make();
  layer->to(device);
  for (const NamedVar& parameter : layer->parameters()) values.push_back(parameter.var);
  return gradcheck_report(
      [&](const std::vector<Var>& changed) { return fresh_result(c, training, changed); }, values,
      options);
}

void add_basic_layers(std::vector<LayerCase>& cases) {
  cases.push_back(layer_case<Linear>("linear", {3, 4}, [] {
    Rng rng(1);
    return std::make_unique<Linear>(4, 5, rng);
  }));
  cases.push_back(layer_case<Conv2d>("conv2d", {2, 5, 4, 3}, [] {
    Rng rng(2);
    return std::make_unique<Conv2d>(3, 4, 3, rng);
  }));
  cases.push_back(layer_case<BatchNorm>("batch_norm", {3, 2, 2, 4},
                                        [] { return std::make_unique<BatchNorm>(4); }));
  cases.push_back({"batch_norm_relu",
                   {{6, 3}, {6, 3}},
                   [] { return std::make_unique<BatchNorm>(3); },
                   [](Module& layer, const std::vector<Var>& inputs) {
                     return static_cast<BatchNorm&>(layer).forward_relu(inputs[0], inputs[1]);
                   }});
  cases.push_back(layer_case<GlobalPool>("global_pool", {2, 3, 3, 2},
                                         [] { return std::make_unique<GlobalPool>(); }));
  cases.push_back(layer_case<ResidualBlock>("residual_block", {2, 3, 3, 3}, [] {
    Rng rng(3);
    return std::make_unique<ResidualBlock>(3, rng);
  }));
  cases.push_back(layer_case<Sequential>("sequential", {2, 4, 4, 2}, [] {
    Rng rng(4);
    auto net = std::make_unique<Sequential>();
    net->add<Conv2d>("conv", 2, 3, 3, rng).add(relu).add(global_mean_pool);
    net->add<Linear>("out", 3, 2, rng);
    return net;
  }));
}

std::vector<LayerCase> layer_cases() {
  std::vector<LayerCase> cases;
  add_basic_layers(cases);
  add_image_layers(cases);
  add_general_layers(cases);
  add_recurrent_layers(cases);
  return cases;
}

}  // namespace tengen::nn
