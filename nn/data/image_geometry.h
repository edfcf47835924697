// Images [H,W,C] cut, turned and bent; what lies outside of an image is zero.
#pragma once

#include <cstdint>
#include <span>

#include "nn/tensor.h"

namespace tengen::nn {

// The part [top, top + height) x [left, left + width), which may reach beyond the image: a shift,
// padding and a crop in one.
Tensor cropped(const Tensor& image, int64_t top, int64_t left, int64_t height, int64_t width);
Tensor mirrored(const Tensor& image);  // left to right
// Counter-clockwise about the centre, bilinear.
Tensor rotated(const Tensor& image, double degrees);
// Pixel (y, x) of the result is read, bilinearly, at (y + dy, x + dx); dy and dx [H * W].
Tensor displaced(const Tensor& image, std::span<const float> dy, std::span<const float> dx);

}  // namespace tengen::nn
