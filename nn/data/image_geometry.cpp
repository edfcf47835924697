#include "nn/data/image_geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "nn/base/check.h"
#include "nn/device.h"

namespace tengen::nn {
namespace {

struct Size {
  int64_t height, width, channels;
};

Size size_of(const Tensor& image) {
  CHECK(image.shape().rank() == 3);
  return {image.shape()[0], image.shape()[1], image.shape()[2]};
}

// Writes the pixel at (y, x), a mixture of the four around it, to `to`.
void read_between(const Tensor& image, const Size& size, double y, double x, float* to) {
  std::fill(to, to + size.channels, 0.0f);
  // Far outside, where the numbers would not fit an int64_t.
  if (!(y > -1 && y < static_cast<double>(size.height))) return;
  if (!(x > -1 && x < static_cast<double>(size.width))) return;
  const auto top = static_cast<int64_t>(std::floor(y)), left = static_cast<int64_t>(std::floor(x));
  const double down = y - static_cast<double>(top), right = x - static_cast<double>(left);
  for (int corner = 0; corner < 4; ++corner) {
    const int64_t row = top + corner / 2, column = left + corner % 2;
    if (row < 0 || row >= size.height || column < 0 || column >= size.width) continue;
    const auto weight =
        static_cast<float>((corner / 2 ? down : 1 - down) * (corner % 2 ? right : 1 - right));
    const float* from = image.data() + (row * size.width + column) * size.channels;
    for (int64_t c = 0; c < size.channels; ++c) to[c] += weight * from[c];
  }
}

}  // namespace

Tensor cropped(const Tensor& image, int64_t top, int64_t left, int64_t height, int64_t width) {
  const Size size = size_of(image);
  CHECK(height > 0);
  CHECK(width > 0);
  Tensor out({height, width, size.channels});
  const int64_t first = std::max<int64_t>(0, -left), last = std::min(width, size.width - left);
  for (int64_t row = 0; row < height && first < last; ++row) {
    const int64_t from_row = top + row;
    if (from_row < 0 || from_row >= size.height) continue;
    const float* from = image.data() + (from_row * size.width + left + first) * size.channels;
    std::copy(from, from + (last - first) * size.channels,
              out.data() + (row * width + first) * size.channels);
  }
  return out;
}

Tensor mirrored(const Tensor& image) {
  const Size size = size_of(image);
  Tensor out = Tensor::uninitialized(image.shape(), cpu_device());
  for (int64_t row = 0; row < size.height; ++row)
    for (int64_t column = 0; column < size.width; ++column) {
      const float* from = image.data() + (row * size.width + column) * size.channels;
      std::copy(from, from + size.channels,
                out.data() + ((row + 1) * size.width - 1 - column) * size.channels);
    }
  return out;
}

Tensor rotated(const Tensor& image, double degrees) {
  const Size size = size_of(image);
  const double angle = degrees * std::numbers::pi / 180;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const double middle_y = static_cast<double>(size.height - 1) / 2,
               middle_x = static_cast<double>(size.width - 1) / 2;
  Tensor out = Tensor::uninitialized(image.shape(), cpu_device());
  float* to = out.data();
  for (int64_t row = 0; row < size.height; ++row)
    for (int64_t column = 0; column < size.width; ++column, to += size.channels) {
      const double y = static_cast<double>(row) - middle_y,
                   x = static_cast<double>(column) - middle_x;
      read_between(image, size, middle_y + sine * x + cosine * y, middle_x + cosine * x - sine * y,
                   to);
    }
  return out;
}

Tensor displaced(const Tensor& image, std::span<const float> dy, std::span<const float> dx) {
  const Size size = size_of(image);
  CHECK(static_cast<int64_t>(dy.size()) == size.height * size.width);
  CHECK(dx.size() == dy.size());
  Tensor out = Tensor::uninitialized(image.shape(), cpu_device());
  float* to = out.data();
  for (int64_t i = 0; i < size.height * size.width; ++i, to += size.channels)
    read_between(image, size, static_cast<double>(i / size.width) + dy[i],
                 static_cast<double>(i % size.width) + dx[i], to);
  return out;
}

}  // namespace tengen::nn
