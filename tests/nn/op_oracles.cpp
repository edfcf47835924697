#include "tests/nn/op_oracles.h"

#include <algorithm>
#include <cmath>

namespace tengen::nn {

Doubles oracle_broadcast(char op, const Doubles& a, const Doubles& b, int64_t outer, int64_t axis,
                         int64_t inner) {
  Doubles y(a.size());
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t j = 0; j < axis; ++j)
      for (int64_t i = 0; i < inner; ++i) {
        const int64_t at = (o * axis + j) * inner + i;
        const double left = a[at], right = b[o * inner + i];
        y[at] = op == '+'   ? left + right
                : op == '-' ? left - right
                : op == '*' ? left * right
                : op == '>' ? std::max(left, right)
                            : std::min(left, right);
      }
  return y;
}

Doubles oracle_matmul(const Doubles& a, const Doubles& b, int64_t m, int64_t k, int64_t n) {
  Doubles c(m * n);
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j)
      for (int64_t l = 0; l < k; ++l) c[i * n + j] += a[i * k + l] * b[l * n + j];
  return c;
}

Doubles oracle_conv2d(const Doubles& x, const Shape& xs, const Doubles& w, const Shape& ws,
                      const Doubles& bias, const Conv2dOptions& options) {
  const auto& [stride, padding, dilation, groups] = options;
  const int64_t height = (xs[1] + 2 * padding.h - dilation.h * (ws[0] - 1) - 1) / stride.h + 1;
  const int64_t width = (xs[2] + 2 * padding.w - dilation.w * (ws[1] - 1) - 1) / stride.w + 1;
  Doubles y;
  for (int64_t n = 0; n < xs[0]; ++n)
    for (int64_t oy = 0; oy < height; ++oy)
      for (int64_t ox = 0; ox < width; ++ox)
        for (int64_t k = 0; k < ws[3]; ++k) {
          const int64_t first = k / (ws[3] / groups) * ws[2];  // channel of the group
          double sum = bias.empty() ? 0.0 : bias[k];
          for (int64_t ky = 0; ky < ws[0]; ++ky)
            for (int64_t kx = 0; kx < ws[1]; ++kx) {
              const int64_t iy = oy * stride.h + ky * dilation.h - padding.h;
              const int64_t ix = ox * stride.w + kx * dilation.w - padding.w;
              if (iy < 0 || iy >= xs[1] || ix < 0 || ix >= xs[2]) continue;
              for (int64_t c = 0; c < ws[2]; ++c)
                sum += x[((n * xs[1] + iy) * xs[2] + ix) * xs[3] + first + c] *
                       w[((ky * ws[1] + kx) * ws[2] + c) * ws[3] + k];
            }
          y.push_back(sum);
        }
  return y;
}

Doubles oracle_conv_transpose2d(const Doubles& x, const Shape& xs, const Doubles& w,
                                const Shape& ws, const Doubles& bias, const Shape& result,
                                const ConvTranspose2dOptions& options) {
  const auto& [stride, padding, output_padding, dilation, groups] = options;
  Doubles y(result.size());
  for (size_t i = 0; i < y.size(); ++i) y[i] = bias.empty() ? 0.0 : bias[i % result[3]];
  for (int64_t p = 0; p < xs[0] * xs[1] * xs[2]; ++p)
    for (int64_t c = 0; c < xs[3]; ++c)
      for (int64_t tap = 0; tap < ws[0] * ws[1]; ++tap)
        for (int64_t k = 0; k < ws[2]; ++k) {
          const int64_t oy = p / xs[2] % xs[1] * stride.h + tap / ws[1] * dilation.h - padding.h;
          const int64_t ox = p % xs[2] * stride.w + tap % ws[1] * dilation.w - padding.w;
          if (oy < 0 || oy >= result[1] || ox < 0 || ox >= result[2]) continue;
          const int64_t out = c / (xs[3] / groups) * ws[2] + k;
          y[((p / xs[2] / xs[1] * result[1] + oy) * result[2] + ox) * result[3] + out] +=
              x[p * xs[3] + c] * w[(tap * ws[2] + k) * ws[3] + c];
        }
  return y;
}

Doubles oracle_pool2d(bool maximum, const Doubles& x, const Shape& xs,
                      const Pool2dOptions& options) {
  const PerAxis kernel = options.kernel, padding = options.padding;
  const PerAxis stride = options.stride ? *options.stride : kernel;
  Doubles y;
  for (int64_t n = 0; n < xs[0]; ++n)
    for (int64_t top = -padding.h; top + kernel.h <= xs[1] + padding.h; top += stride.h)
      for (int64_t left = -padding.w; left + kernel.w <= xs[2] + padding.w; left += stride.w)
        for (int64_t c = 0; c < xs[3]; ++c) {
          double sum = 0.0, largest = -1e300, inside = 0.0;
          for (int64_t iy = std::max<int64_t>(top, 0); iy < std::min(top + kernel.h, xs[1]); ++iy)
            for (int64_t ix = std::max<int64_t>(left, 0); ix < std::min(left + kernel.w, xs[2]);
                 ++ix) {
              const double value = x[((n * xs[1] + iy) * xs[2] + ix) * xs[3] + c];
              sum += value;
              largest = std::max(largest, value);
              ++inside;
            }
          if (options.count_padding) inside = static_cast<double>(kernel.h * kernel.w);
          y.push_back(maximum ? largest : sum / inside);
        }
  return y;
}

Doubles oracle_pool(bool maximum, const Doubles& x, const Shape& shape) {
  const int64_t points = shape[1] * shape[2], channels = shape[3];
  Doubles y;
  for (int64_t n = 0; n < shape[0]; ++n)
    for (int64_t c = 0; c < channels; ++c) {
      double sum = 0.0, largest = -1e300;
      for (int64_t p = 0; p < points; ++p) {
        const double value = x[(n * points + p) * channels + c];
        sum += value;
        largest = std::max(largest, value);
      }
      y.push_back(maximum ? largest : sum / static_cast<double>(points));
    }
  return y;
}

Doubles oracle_batch_norm(const Doubles& x, const Doubles& gamma, const Doubles& beta,
                          double epsilon) {
  const size_t channels = gamma.size();
  const double rows = static_cast<double>(x.size() / channels);
  Doubles y(x.size());
  for (size_t c = 0; c < channels; ++c) {
    double mean = 0.0, variance = 0.0;
    for (size_t i = c; i < x.size(); i += channels) mean += x[i] / rows;
    for (size_t i = c; i < x.size(); i += channels)
      variance += (x[i] - mean) * (x[i] - mean) / rows;
    for (size_t i = c; i < x.size(); i += channels)
      y[i] = gamma[c] * (x[i] - mean) / std::sqrt(variance + epsilon) + beta[c];
  }
  return y;
}

Doubles oracle_log_softmax(const Doubles& x, int64_t columns) {
  Doubles y;
  for (size_t row = 0; row < x.size(); row += columns) {
    double sum = 0.0;
    for (int64_t c = 0; c < columns; ++c) sum += std::exp(x[row + c]);
    for (int64_t c = 0; c < columns; ++c) y.push_back(x[row + c] - std::log(sum));
  }
  return y;
}

}  // namespace tengen::nn
