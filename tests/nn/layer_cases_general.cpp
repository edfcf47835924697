// Cases of the layers that are neither convolutions nor recurrent.
#include "nn/layers/dropout.h"
#include "nn/layers/group_norm.h"
#include "nn/layers/linear.h"
#include "nn/layers/multi_head_attention.h"
#include "nn/layers/residual.h"
#include "nn/ops.h"
#include "tests/nn/layer_cases.h"

namespace tengen::nn {

void add_general_layers(std::vector<LayerCase>& cases) {
  cases.push_back(layer_case<LayerNorm>("layer_norm", {3, 2, 5},
                                        [] { return std::make_unique<LayerNorm>(5); }));
  cases.push_back(layer_case<GroupNorm>("group_norm", {2, 2, 3, 6},
                                        [] { return std::make_unique<GroupNorm>(3, 6); }));
  cases.push_back(layer_case<Dropout>("dropout", {4, 5}, [] {
    Rng rng(1);
    return std::make_unique<Dropout>(0.4f, rng);
  }));
  cases.push_back(layer_case<DropConnect>("drop_connect", {3, 4}, [] {
    Rng rng(2);
    return std::make_unique<DropConnect>(4, 5, 0.4f, rng);
  }));
  for (const bool causal : {false, true})
    cases.push_back(layer_case<MultiHeadAttention>(
        causal ? "causal_self_attention" : "self_attention", {2, 3, 4}, [causal] {
          Rng rng(3);
          return std::make_unique<MultiHeadAttention>(4, 2, rng,
                                                      MultiHeadAttentionOptions{.causal = causal});
        }));
  cases.push_back(
      {"attention_over_a_memory",
       {{2, 3, 4}, {2, 5, 6}},
       []() -> std::unique_ptr<Module> {
         Rng rng(4);
         return std::make_unique<MultiHeadAttention>(
             4, 2, rng, MultiHeadAttentionOptions{.memory_channels = 6});
       },
       [](Module& layer, const std::vector<Var>& inputs) {
         const Var lengths(Tensor({2}, std::vector<float>{2, 5}, inputs[0].value().device()));
         return static_cast<MultiHeadAttention&>(layer).attend(inputs[0], inputs[1],
                                                               {.lengths = lengths});
       }});
  cases.push_back(layer_case<Residual>("residual", {3, 4}, [] {
    Rng rng(5);
    return std::make_unique<Residual>([&](Sequential& f) {
      f.add<LayerNorm>("norm", 4).add<Linear>("in", 4, 6, rng).add(gelu);
      f.add<Linear>("out", 6, 4, rng);
    });
  }));
}

}  // namespace tengen::nn
