// Augmentation of images [H,W,C], to be strung together:
//
//   Loader loader(dataset, {.transform = augment({random_crop(32, 32, 4), random_flip(),
//                                                 normalize(statistics), cutout(16)})});
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "nn/base/rng.h"
#include "nn/data/loader.h"

namespace tengen::nn {

// A function of one tensor and chance; it leaves the tensor as it is.
using TensorTransform = std::function<Tensor(const Tensor& x, Rng& rng)>;

// The steps in order, on the first tensor of every sample.
Transform augment(std::vector<TensorTransform> steps);

// A part of the image with `padding` zeros around it.
TensorTransform random_crop(int64_t height, int64_t width, int64_t padding = 0);
TensorTransform random_flip(double probability = 0.5);  // left to right
TensorTransform random_shift(int64_t most);             // by whole pixels, each way
TensorTransform random_rotation(double most_degrees);   // either way, bilinear
// Turned, scaled, sheared and shifted about its centre, each by a number drawn evenly from as much
// either way; read once, bilinearly.
struct AffineOptions {
  double degrees = 0;  // counter-clockwise
  double scale = 0;    // of the size, which becomes 1 - scale to 1 + scale
  double shear = 0;    // pixels sideways for each pixel upwards
  double shift = 0;    // pixels, down and to the right
};
TensorTransform random_affine(const AffineOptions& most);
// Every pixel is read at a place drawn within `alpha` of it, the draws smoothed by a Gaussian of
// `sigma` pixels (Simard, Steinkraus, Platt 2003, section 2; 34 and 4 were best for MNIST).
TensorTransform elastic(double alpha = 34, double sigma = 4);
// A square of zeros around a random pixel, cut off at the border (DeVries and Taylor 2017); after
// normalize, zero is the mean.
TensorTransform cutout(int64_t size);

// Of each channel, over all pixels of all samples.
struct ChannelStatistics {
  std::vector<float> mean, deviation;
};
ChannelStatistics channel_statistics(const Dataset& dataset);
// (x - mean) / deviation; a channel that never varies is only centred.
TensorTransform normalize(ChannelStatistics statistics);

}  // namespace tengen::nn
