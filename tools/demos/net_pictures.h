// Looking into a network of images: what its first layer looks for, and what it makes of an image.
#pragma once

#include "nn/layers/sequential.h"

namespace tengen::tools {

// The weights of the first layer, one picture for each of its outputs (64 at most), from the least
// weight, black, to the greatest, white: kernels of a convolution, or, for a fully connected
// layer, images of `image`'s shape [H,W,C].
nn::Tensor first_layer_picture(const nn::Module& net, const nn::Shape& image);

// `image` [H,W,C] and the channels (16 at most) of every layer that still has pixels. The network
// is in evaluation.
nn::Tensor feature_maps_picture(nn::Sequential& net, const nn::Tensor& image);

}  // namespace tengen::tools
