#include "nn/data/resize.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/base/check.h"
#include "nn/device.h"

namespace tengen::nn {
namespace {

// Between which two pixels an output pixel lies, and how far from the first.
struct Between {
  int64_t low, high;
  float part;
};

std::vector<Between> places(int64_t from, int64_t to) {
  std::vector<Between> out;
  for (int64_t i = 0; i < to; ++i) {
    const double at =
        (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
    const double inside = std::clamp(at, 0.0, static_cast<double>(from - 1));
    const auto low = static_cast<int64_t>(inside);
    out.push_back(
        {low, std::min(low + 1, from - 1), static_cast<float>(inside - static_cast<double>(low))});
  }
  return out;
}

float grey(const float* rgb) { return 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2]; }

}  // namespace

Tensor resized(const Tensor& image, int64_t height, int64_t width) {
  CHECK(image.shape().rank() == 3);
  CHECK(image.size() > 0);
  CHECK(height > 0);
  CHECK(width > 0);
  const int64_t channels = image.shape()[2], row = image.shape()[1] * channels;
  if (image.shape()[0] == height && image.shape()[1] == width) return image;
  const std::vector<Between> xs = places(image.shape()[1], width);
  Tensor out = Tensor::uninitialized({height, width, channels}, cpu_device());
  float* to = out.data();
  for (const Between& y : places(image.shape()[0], height)) {
    const float* upper = image.data() + y.low * row;
    const float* lower = image.data() + y.high * row;
    for (const Between& x : xs)
      for (int64_t c = 0; c < channels; ++c) {
        const int64_t left = x.low * channels + c, right = x.high * channels + c;
        const float above = upper[left] + x.part * (upper[right] - upper[left]);
        const float below = lower[left] + x.part * (lower[right] - lower[left]);
        *to++ = above + y.part * (below - above);
      }
  }
  return out;
}

Tensor with_channels(const Tensor& image, int64_t channels) {
  CHECK(image.shape().rank() == 3);
  CHECK((channels == 1 || channels == 3));
  const int64_t had = image.shape()[2];
  CHECK(1 <= had);
  CHECK(had <= 4);
  if (had == channels) return image;
  Tensor out = Tensor::uninitialized({image.shape()[0], image.shape()[1], channels}, cpu_device());
  const float* from = image.data();
  float* to = out.data();
  for (int64_t i = 0; i < image.shape()[0] * image.shape()[1]; ++i, from += had, to += channels) {
    if (channels == 1) {
      *to = had <= 2 ? *from : grey(from);
    } else {
      for (int64_t c = 0; c < 3; ++c) to[c] = from[had <= 2 ? 0 : c];
    }
  }
  return out;
}

}  // namespace tengen::nn
