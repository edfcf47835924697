#include "nn/cpu/reference_device.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace tengen::nn {
std::string ReferenceDevice::name() const { return "reference"; }

std::shared_ptr<void> ReferenceDevice::allocate(size_t bytes) { return pool_.allocate(bytes); }

void ReferenceDevice::copy_from_host(void* to, const void* from, size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}

void ReferenceDevice::copy_to_host(void* to, const void* from, size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}

void ReferenceDevice::fill(int64_t n, float value, float* x) { std::fill_n(x, n, value); }

void ReferenceDevice::sum_axis(int64_t outer, int64_t axis, int64_t inner, const float* x,
                               float* y) {
  std::vector<double> sums(inner);
  for (int64_t o = 0; o < outer; ++o) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (int64_t a = 0; a < axis; ++a)
      for (int64_t i = 0; i < inner; ++i) sums[i] += x[(o * axis + a) * inner + i];
    for (int64_t i = 0; i < inner; ++i) y[o * inner + i] = static_cast<float>(sums[i]);
  }
}

void ReferenceDevice::max_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y,
                               int32_t* argmax) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i) {
      int64_t best = 0;
      for (int64_t a = 1; a < axis; ++a)
        if (x[(o * axis + a) * inner + i] > x[(o * axis + best) * inner + i]) best = a;
      y[o * inner + i] = x[(o * axis + best) * inner + i];
      argmax[o * inner + i] = static_cast<int32_t>(best);
    }
}

void ReferenceDevice::repeat_axis(int64_t outer, int64_t axis, int64_t inner, float alpha,
                                  const float* x, float* y) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t a = 0; a < axis; ++a)
      for (int64_t i = 0; i < inner; ++i) y[(o * axis + a) * inner + i] = alpha * x[o * inner + i];
}

void ReferenceDevice::max_axis_grad(int64_t outer, int64_t axis, int64_t inner, const float* dy,
                                    const int32_t* argmax, float* dx) {
  std::fill_n(dx, outer * axis * inner, 0.0f);
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i)
      dx[(o * axis + argmax[o * inner + i]) * inner + i] = dy[o * inner + i];
}

void ReferenceDevice::log_softmax(int64_t rows, int64_t columns, const float* x, float* y) {
  for (int64_t r = 0; r < rows; ++r, x += columns, y += columns) {
    const float largest = *std::max_element(x, x + columns);
    double sum = 0.0;
    for (int64_t c = 0; c < columns; ++c) sum += std::exp(static_cast<double>(x[c]) - largest);
    const double log_sum = largest + std::log(sum);
    for (int64_t c = 0; c < columns; ++c) y[c] = static_cast<float>(x[c] - log_sum);
  }
}

void ReferenceDevice::log_softmax_grad(int64_t rows, int64_t columns, const float* y,
                                       const float* dy, float* dx) {
  for (int64_t r = 0; r < rows; ++r, y += columns, dy += columns, dx += columns) {
    double sum = 0.0;
    for (int64_t c = 0; c < columns; ++c) sum += dy[c];
    for (int64_t c = 0; c < columns; ++c) dx[c] = dy[c] - std::exp(y[c]) * static_cast<float>(sum);
  }
}

void ReferenceDevice::batch_norm(int64_t rows, int64_t channels, float epsilon, const float* x,
                                 const float* gamma, const float* beta, float* y, float* mean,
                                 float* inverse_std) {
  std::vector<double> sums(channels), squares(channels);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < channels; ++c) sums[c] += x[r * channels + c];
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < channels; ++c) {
      const double d = x[r * channels + c] - sums[c] / rows;
      squares[c] += d * d;
    }
  for (int64_t c = 0; c < channels; ++c) {
    mean[c] = static_cast<float>(sums[c] / rows);
    inverse_std[c] = static_cast<float>(1.0 / std::sqrt(squares[c] / rows + epsilon));
  }
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t i = r * channels + c;
      y[i] = gamma[c] * ((x[i] - mean[c]) * inverse_std[c]) + beta[c];
    }
}

// With xhat = (x - mean) * inverse_std, dbeta = sum dy and dgamma = sum dy * xhat:
// dx = gamma * inverse_std * (dy - dbeta / rows - xhat * dgamma / rows).
void ReferenceDevice::batch_norm_grad(int64_t rows, int64_t channels, const float* x,
                                      const float* dy, const float* gamma, const float* mean,
                                      const float* inverse_std, float* dx, float* dgamma,
                                      float* dbeta) {
  std::vector<double> sum_dy(channels), sum_dy_xhat(channels);
  const auto xhat = [&](int64_t i, int64_t c) { return (x[i] - mean[c]) * inverse_std[c]; };
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t i = r * channels + c;
      sum_dy[c] += dy[i];
      sum_dy_xhat[c] += static_cast<double>(dy[i]) * xhat(i, c);
    }
  for (int64_t c = 0; c < channels; ++c) {
    dbeta[c] = static_cast<float>(sum_dy[c]);
    dgamma[c] = static_cast<float>(sum_dy_xhat[c]);
  }
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t i = r * channels + c;
      dx[i] = gamma[c] * inverse_std[c] * (dy[i] - dbeta[c] / rows - xhat(i, c) * dgamma[c] / rows);
    }
}

void ReferenceDevice::batch_norm_relu(int64_t rows, int64_t channels, float epsilon, const float* x,
                                      const float* gamma, const float* beta, const float* residual,
                                      float* y, float* mean, float* inverse_std) {
  const int64_t n = rows * channels;
  batch_norm(rows, channels, epsilon, x, gamma, beta, y, mean, inverse_std);
  if (residual) binary(Binary::kAdd, n, y, residual, n, 1, y);
  unary(Unary::kRelu, n, y, y);
}

void ReferenceDevice::batch_norm_relu_grad(int64_t rows, int64_t channels, const float* x,
                                           const float* y, const float* dy, const float* gamma,
                                           const float* mean, const float* inverse_std, float* dx,
                                           float* dgamma, float* dbeta, float* dresidual) {
  const int64_t n = rows * channels;
  std::vector<float> before_relu(n);
  unary_grad(Unary::kRelu, n, y, y, dy, before_relu.data());
  batch_norm_grad(rows, channels, x, before_relu.data(), gamma, mean, inverse_std, dx, dgamma,
                  dbeta);
  if (dresidual) std::copy(before_relu.begin(), before_relu.end(), dresidual);
}

Device& reference_device() {
  static ReferenceDevice device;
  return device;
}

}  // namespace tengen::nn
