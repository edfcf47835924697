// Cases of layers/recurrent.cpp: stacks in both directions over rows of several lengths, with the
// last states in the result.
#include "nn/layers/recurrent.h"
#include "tests/nn/layer_cases.h"

namespace tengen::nn {
namespace {

template <class L>
LayerCase stack(const std::string& name, const RecurrentLayerOptions& options) {
  return {name,
          {{3, 4, 2}},
          [options]() -> std::unique_ptr<Module> {
            Rng rng(5);
            return std::make_unique<L>(2, 3, rng, options);
          },
          [](Module& layer, const std::vector<Var>& inputs) {
            const auto out = static_cast<L&>(layer).forward(inputs[0], {}, {4, 2, 3});
            std::vector<Var> parts{reshape(out.y, {out.y.value().size()})};
            for (const RecurrentState& state : out.last)
              for (const Var* var : {&state.h, &state.c})
                if (var->defined()) parts.push_back(reshape(*var, {var->value().size()}));
            return concat(parts, 0);
          }};
}

template <class L>
void add_stacks(const std::string& name, std::vector<LayerCase>& cases) {
  cases.push_back(stack<L>(name, {}));
  cases.push_back(stack<L>(name + "_bidirectional", {.layers = 2, .bidirectional = true}));
  cases.push_back(stack<L>(name + "_dropout", {.layers = 2, .dropout = 0.3f}));
}

}  // namespace

void add_recurrent_layers(std::vector<LayerCase>& cases) {
  add_stacks<Rnn>("rnn", cases);
  add_stacks<Lstm>("lstm", cases);
  add_stacks<Gru>("gru", cases);
}

}  // namespace tengen::nn
