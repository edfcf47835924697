// ReferenceDevice: softmax and group normalisation.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "nn/cpu/reference_device.h"

namespace tengen::nn {

void ReferenceDevice::softmax(int64_t rows, int64_t columns, const SoftmaxMask& mask,
                              const float* x, float* y) {
  for (int64_t r = 0; r < rows; ++r, x += columns, y += columns) {
    const int64_t visible = mask.visible(r, columns);
    double largest = -std::numeric_limits<double>::infinity(), sum = 0;
    for (int64_t c = 0; c < visible; ++c) largest = std::max<double>(largest, x[c]);
    for (int64_t c = 0; c < visible; ++c) sum += std::exp(x[c] - largest);
    for (int64_t c = 0; c < visible; ++c) y[c] = static_cast<float>(std::exp(x[c] - largest) / sum);
    std::fill(y + visible, y + columns, float{0});
  }
}

void ReferenceDevice::softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                                   float* dx) {
  for (int64_t r = 0; r < rows; ++r, y += columns, dy += columns, dx += columns) {
    double sum = 0;
    for (int64_t c = 0; c < columns; ++c) sum += static_cast<double>(y[c]) * dy[c];
    for (int64_t c = 0; c < columns; ++c) dx[c] = y[c] * (dy[c] - static_cast<float>(sum));
  }
}

namespace {

// body(element, channel) for the elements of image n's group g.
template <class Body>
void for_group(const GroupNormShape& s, int64_t n, int64_t g, const Body& body) {
  const int64_t width = s.channels / s.groups;
  for (int64_t p = 0; p < s.points; ++p)
    for (int64_t c = g * width; c < (g + 1) * width; ++c)
      body((n * s.points + p) * s.channels + c, c);
}

}  // namespace

void ReferenceDevice::group_norm(const GroupNormShape& s, const float* x, const float* gamma,
                                 const float* beta, float* y, float* mean, float* inverse_std) {
  const double size = static_cast<double>(s.points * s.channels / s.groups);
  for (int64_t n = 0; n < s.n; ++n)
    for (int64_t g = 0; g < s.groups; ++g) {
      double sum = 0, square = 0;
      for_group(s, n, g, [&](int64_t i, int64_t) { sum += x[i]; });
      for_group(s, n, g,
                [&](int64_t i, int64_t) { square += (x[i] - sum / size) * (x[i] - sum / size); });
      const int64_t at = n * s.groups + g;
      mean[at] = static_cast<float>(sum / size);
      inverse_std[at] = static_cast<float>(1 / std::sqrt(square / size + s.epsilon));
      for_group(s, n, g, [&](int64_t i, int64_t c) {
        y[i] = gamma[c] * ((x[i] - mean[at]) * inverse_std[at]) + beta[c];
      });
    }
}

// With xhat = (x - mean) * inverse_std and h = gamma * dy:
// dx = inverse_std * (h - mean(h) - xhat * mean(h * xhat)), means over the group.
void ReferenceDevice::group_norm_grad(const GroupNormShape& s, const float* x, const float* dy,
                                      const float* gamma, const float* mean,
                                      const float* inverse_std, float* dx, float* dgamma,
                                      float* dbeta) {
  const double size = static_cast<double>(s.points * s.channels / s.groups);
  std::vector<double> sum_dy(s.channels), sum_dy_xhat(s.channels);
  for (int64_t n = 0; n < s.n; ++n)
    for (int64_t g = 0; g < s.groups; ++g) {
      const int64_t at = n * s.groups + g;
      const auto xhat = [&](int64_t i) { return (x[i] - mean[at]) * inverse_std[at]; };
      double sum = 0, sum_xhat = 0;
      for_group(s, n, g, [&](int64_t i, int64_t c) {
        const double h = static_cast<double>(gamma[c]) * dy[i];
        sum += h;
        sum_xhat += h * xhat(i);
        sum_dy[c] += dy[i];
        sum_dy_xhat[c] += static_cast<double>(dy[i]) * xhat(i);
      });
      for_group(s, n, g, [&](int64_t i, int64_t c) {
        dx[i] = static_cast<float>(inverse_std[at] *
                                   (gamma[c] * dy[i] - sum / size - xhat(i) * (sum_xhat / size)));
      });
    }
  for (int64_t c = 0; c < s.channels; ++c) {
    dgamma[c] = static_cast<float>(sum_dy_xhat[c]);
    dbeta[c] = static_cast<float>(sum_dy[c]);
  }
}

}  // namespace tengen::nn
