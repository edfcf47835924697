// Cases of the layers of images and sequences: convolutions and pooling; and of symbols.
#include "nn/layers/conv1d.h"
#include "nn/layers/conv_norm_relu.h"
#include "nn/layers/conv_transpose2d.h"
#include "nn/layers/embedding.h"
#include "nn/layers/pool2d.h"
#include "tests/nn/layer_cases.h"

namespace tengen::nn {

void add_image_layers(std::vector<LayerCase>& cases) {
  cases.push_back(layer_case<Conv2d>("conv2d_with_groups", {2, 6, 5, 4}, [] {
    Rng rng(5);
    return std::make_unique<Conv2d>(
        4, 6, 3, rng, Conv2dLayerOptions{.stride = {2, 1}, .dilation = {1, 2}, .groups = 2});
  }));
  cases.push_back(layer_case<Conv1d>("conv1d", {2, 6, 3}, [] {
    Rng rng(5);
    return std::make_unique<Conv1d>(3, 4, 3, rng);
  }));
  cases.push_back(layer_case<ConvTranspose2d>("conv_transpose2d", {2, 3, 2, 3}, [] {
    Rng rng(5);
    return std::make_unique<ConvTranspose2d>(
        3, 2, 3, rng, ConvTranspose2dLayerOptions{.stride = 2, .padding = 1});
  }));
  cases.push_back(layer_case<MaxPool2d>("max_pool2d", {2, 4, 4, 2},
                                        [] { return std::make_unique<MaxPool2d>(); }));
  cases.push_back(layer_case<AvgPool2d>("avg_pool2d", {2, 5, 4, 2}, [] {
    return std::make_unique<AvgPool2d>(Pool2dOptions{.kernel = 3, .stride = 2, .padding = 1});
  }));
  cases.push_back(layer_case<ConvReluPool>("conv_relu_pool", {2, 4, 4, 2}, [] {
    Rng rng(5);
    return std::make_unique<ConvReluPool>(2, 3, 3, rng);
  }));
  cases.push_back(layer_case<ConvNormRelu>("conv_norm_relu", {2, 4, 3, 2}, [] {
    Rng rng(5);
    return std::make_unique<ConvNormRelu>(2, 3, 3, rng, Conv2dLayerOptions{.stride = 2});
  }));
  cases.push_back(
      layer_case<Flatten>("flatten", {2, 3, 2}, [] { return std::make_unique<Flatten>(); }));
  cases.push_back(
      {"embedding",
       {},
       [] {
         Rng rng(5);
         return std::make_unique<Embedding>(4, 3, rng);
       },
       [](Module& layer, const std::vector<Var>&) {
         Device& device = layer.parameters()[0].var.value().device();
         const Var symbols(Tensor({2, 3}, std::vector<float>{0, 3, 1, 1, 0, 1}, device));
         return static_cast<Embedding&>(layer).forward(symbols);
       }});
}

}  // namespace tengen::nn
