#include "tools/demos/net_pictures.h"

#include <fmt/core.h>

#include <algorithm>

#include "nn/base/check.h"
#include "tools/pictures/image_grid.h"

namespace tengen::tools {
namespace {

constexpr int64_t kMostOutputs = 64, kMostChannels = 16;

// Number `index` of the last axis, as [H,W,C] with one or three channels.
nn::Tensor part(const nn::Tensor& x, const nn::Shape& shape, int64_t index) {
  const int64_t parts = x.shape()[-1], channels = shape[2];
  nn::Tensor out({shape[0], shape[1], channels == 3 ? 3 : 1});
  const int64_t shown = out.shape()[2];
  for (int64_t pixel = 0; pixel < shape[0] * shape[1]; ++pixel)
    for (int64_t c = 0; c < channels; ++c)
      out.data()[pixel * shown + c % shown] += x.data()[(pixel * channels + c) * parts + index];
  return out;
}

// Pixels repeated, not mixed.
nn::Tensor enlarged(const nn::Tensor& x, int64_t height, int64_t width) {
  nn::Tensor out({height, width, 1});
  for (int64_t i = 0; i < out.size(); ++i)
    out.data()[i] = x.data()[i / width * x.shape()[0] / height * x.shape()[1] +
                             i % width * x.shape()[1] / width];
  return out;
}

GridImage nothing() { return {nn::Tensor({1, 1, 1}, std::vector<float>{1.0f}), ""}; }

}  // namespace

nn::Tensor first_layer_picture(const nn::Module& net, const nn::Shape& image) {
  const nn::Tensor weights = net.parameters().at(0).var.value();
  nn::Shape shape = image;
  if (weights.shape().rank() == 4)
    shape = {weights.shape()[0], weights.shape()[1], weights.shape()[2]};
  CHECK(weights.size() == shape.size() * weights.shape()[-1]);
  std::vector<GridImage> images;
  for (int64_t i = 0; i < std::min(kMostOutputs, weights.shape()[-1]); ++i)
    images.push_back({stretched(part(weights, shape, i)), ""});
  return image_grid(images, {.title = "What the first layer looks for"});
}

nn::Tensor feature_maps_picture(nn::Sequential& net, const nn::Tensor& image) {
  const nn::NoGrad no_grad;
  const nn::Shape shape = image.shape();
  std::vector<GridImage> images;
  int layer = 0;
  for (const nn::Var& x :
       net.activations(nn::Var(image.reshape({1, shape[0], shape[1], shape[2]})))) {
    ++layer;
    if (x.shape().rank() != 4) break;
    images.push_back({image, fmt::format("layer {}:", layer)});
    const nn::Shape maps{x.shape()[1], x.shape()[2], 1};
    for (int64_t c = 0; c < kMostChannels; ++c)
      images.push_back(c < x.shape()[3] ? GridImage{enlarged(stretched(part(x.value(), maps, c)),
                                                             shape[0], shape[1]),
                                                    std::to_string(c + 1)}
                                        : nothing());
  }
  return image_grid(images, {.title = "What the layers make of an image, channel by channel",
                             .columns = static_cast<int>(kMostChannels) + 1});
}

}  // namespace tengen::tools
