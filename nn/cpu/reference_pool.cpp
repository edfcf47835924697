// Pooling of the reference device, and convolution with what follows it as the plain operations
// one after the other.
#include <algorithm>

#include "nn/cpu/reference_device.h"

namespace tengen::nn {
namespace {

// Calls visit(place in y, place in x, tap) for every channel of every tap that lies inside.
template <class Visit>
void for_each_tap(const Pool2dShape& s, const Visit& visit) {
  int64_t out = 0;
  for (int64_t n = 0; n < s.n; ++n)
    for (int64_t oy = 0; oy < s.out_height(); ++oy)
      for (int64_t ox = 0; ox < s.out_width(); ++ox, out += s.channels)
        for (int64_t tap = 0; tap < s.kernel.h * s.kernel.w; ++tap) {
          const int64_t y = oy * s.stride.h + tap / s.kernel.w - s.padding.h;
          const int64_t x = ox * s.stride.w + tap % s.kernel.w - s.padding.w;
          if (y < 0 || y >= s.height || x < 0 || x >= s.width) continue;
          const int64_t in = ((n * s.height + y) * s.width + x) * s.channels;
          for (int64_t c = 0; c < s.channels; ++c) visit(out + c, in + c, tap);
        }
}

int64_t result_size(const Pool2dShape& s) {
  return s.n * s.out_height() * s.out_width() * s.channels;
}

// One over what the average of result pixel `i` divides by.
float share_of(const Pool2dShape& s, int64_t i) {
  const auto inside = [&](int64_t from, int64_t kernel, int64_t size) {
    return s.count_padding ? kernel : std::min(from + kernel, size) - std::max<int64_t>(from, 0);
  };
  const int64_t oy = i / s.out_width() % s.out_height(), ox = i % s.out_width();
  const int64_t h = inside(oy * s.stride.h - s.padding.h, s.kernel.h, s.height);
  const int64_t w = inside(ox * s.stride.w - s.padding.w, s.kernel.w, s.width);
  return 1 / static_cast<float>(h * w);
}

}  // namespace

void ReferenceDevice::max_pool(const Pool2dShape& s, const float* x, float* y, int32_t* tap) {
  std::fill_n(tap, result_size(s), -1);
  for_each_tap(s, [&](int64_t out, int64_t in, int64_t t) {
    // A not-a-number wins, so that a broken network does not look like a quiet one.
    if (tap[out] >= 0 && (x[in] <= y[out] || y[out] != y[out])) return;
    y[out] = x[in];
    tap[out] = static_cast<int32_t>(t);
  });
}

void ReferenceDevice::max_pool_grad(const Pool2dShape& s, const float* dy, const int32_t* tap,
                                    float* dx) {
  std::fill_n(dx, s.n * s.height * s.width * s.channels, 0.0f);
  for_each_tap(s, [&](int64_t out, int64_t in, int64_t t) {
    if (tap[out] == t) dx[in] += dy[out];
  });
}

void ReferenceDevice::average_pool(const Pool2dShape& s, const float* x, float* y) {
  std::fill_n(y, result_size(s), 0.0f);
  for_each_tap(s, [&](int64_t out, int64_t in, int64_t) { y[out] += x[in]; });
  for (int64_t i = 0; i < s.n * s.out_height() * s.out_width(); ++i) {
    const float share = share_of(s, i);
    for (int64_t c = 0; c < s.channels; ++c) y[i * s.channels + c] *= share;
  }
}

void ReferenceDevice::average_pool_grad(const Pool2dShape& s, const float* dy, float* dx) {
  std::fill_n(dx, s.n * s.height * s.width * s.channels, 0.0f);
  for_each_tap(s, [&](int64_t out, int64_t in, int64_t) {
    dx[in] += dy[out] * share_of(s, out / s.channels);
  });
}

void ReferenceDevice::conv2d_relu_max_pool(const Conv2dShape& conv, const Pool2dShape& pool,
                                           const float* x, const float* w, const float* bias,
                                           float* y, int32_t* tap) {
  const int64_t size = conv.n * conv.out_height() * conv.out_width() * conv.out;
  const std::shared_ptr<void> memory = allocate(size * sizeof(float));
  float* image = static_cast<float*>(memory.get());
  conv2d(conv, x, w, image);
  binary(Binary::kAdd, size, image, bias, conv.out, 1, image);
  unary(Unary::kRelu, size, image, image);
  max_pool(pool, image, y, tap);
}

// The rectifier's slope at the maximum is that of y, so that it may be taken after the pooling.
void ReferenceDevice::conv2d_relu_max_pool_grad(const Conv2dShape& conv, const Pool2dShape& pool,
                                                const float* x, const float* w, const float* y,
                                                const int32_t* tap, const float* dy, float* dx,
                                                float* dw, float* dbias) {
  const int64_t size = conv.n * conv.out_height() * conv.out_width() * conv.out;
  const int64_t pooled = result_size(pool);
  const std::shared_ptr<void> memory = allocate((size + pooled) * sizeof(float));
  float* image = static_cast<float*>(memory.get());
  float* slope = image + size;
  unary_grad(Unary::kRelu, pooled, y, y, dy, slope);
  sum_axis(1, pooled / conv.out, conv.out, slope, dbias);
  max_pool_grad(pool, slope, tap, image);
  if (dx) conv2d_grad_input(conv, image, w, dx);
  conv2d_grad_weight(conv, x, image, dw);
}

}  // namespace tengen::nn
