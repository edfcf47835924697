// What convolutions in half precision are compared with: the reference device in float32, from
// numbers that are halves already, so that only the kernel's own rounding is between them.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "nn/base/rng.h"
#include "nn/cuda/half_convolution.h"
#include "nn/device.h"
#include "tests/cuda/device_values.h"

namespace tengen::nn {

// A square kernel with 'same' padding.
inline Conv2dShape board(int64_t n, int64_t height, int64_t width, int64_t in, int64_t out,
                         int64_t kernel = 3) {
  Conv2dShape shape;
  shape.n = n, shape.height = height, shape.width = width, shape.in = in, shape.out = out;
  shape.kernel_h = shape.kernel_w = kernel;
  shape.padding = kernel / 2;
  return shape;
}

class HalfNumbers {
 public:
  explicit HalfNumbers(uint64_t stream) : rng_(3, stream) {}

  // In [-size, size], halves.
  std::vector<float> values(size_t count, double size = 1.0) {
    std::vector<float> values(count);
    for (float& v : values)
      v = rounded_to_half(static_cast<float>(size * (2.0 * rng_.uniform() - 1.0)));
    return values;
  }

  // With all there may be; weights such that sums are of the size of x.
  HalfConvolutionParts parts(const Conv2dShape& shape) {
    HalfConvolutionParts parts;
    parts.shape = shape;
    const int64_t fan_in = shape.kernel_h * shape.kernel_w * shape.group_in();
    parts.weight = values(static_cast<size_t>(fan_in * shape.out),
                          std::sqrt(3.0 / static_cast<double>(fan_in)));
    const auto out = static_cast<size_t>(shape.out);
    parts.bias = values(out);
    parts.factor = values(out);
    parts.term = values(out);
    return parts;
  }

 private:
  Rng rng_;
};

struct HalfResults {
  std::vector<float> y, then_y;  // [n,H,W,out]; then_y empty where the parts have none
};

inline HalfResults expected_results(const HalfConvolutionParts& parts, const std::vector<float>& x,
                                    const std::vector<float>& row_bias,
                                    const std::vector<float>& residual) {
  const Conv2dShape& s = parts.shape;
  const auto out = static_cast<size_t>(s.out), points = static_cast<size_t>(s.height * s.width);
  HalfResults results;
  results.y.resize(static_cast<size_t>(s.n) * points * out);
  reference_device().conv2d(s, x.data(), parts.weight.data(), results.y.data());
  if (!parts.factor.empty()) results.then_y.resize(results.y.size());
  for (size_t i = 0; i < results.y.size(); ++i) {
    float& y = results.y[i];
    if (!parts.bias.empty()) y += parts.bias[i % out];
    if (!row_bias.empty()) y += row_bias[i / (points * out) * out + i % out];
    if (!residual.empty()) y += residual[i];
    if (parts.relu) y = std::max(y, 0.0f);
    if (parts.factor.empty()) continue;
    results.then_y[i] = y * parts.factor[i % out] + parts.term[i % out];
    if (parts.then_relu) results.then_y[i] = std::max(results.then_y[i], 0.0f);
  }
  return results;
}

// Half a step of fp16 at the value, 2^-11 of it, for the one rounding; and as many float32
// roundings in another order as the sums have terms, here far below 1e-4 of their size, which is
// about one. `roundings` is the number of values rounded on the way that a result depends on in its
// own size.
inline void expect_near(const std::vector<float>& found, const std::vector<float>& expected,
                        double roundings = 1.0) {
  ASSERT_EQ(found.size(), expected.size());
  size_t wrong = 0;
  for (size_t i = 0; i < found.size(); ++i) {
    const double tolerance = roundings * (std::abs(expected[i]) * 0x1p-11 + 1e-4);
    if (!(std::abs(double{found[i]} - expected[i]) <= tolerance) && ++wrong <= 5)
      ADD_FAILURE() << "at " << i << ": " << found[i] << " for " << expected[i];
  }
  EXPECT_EQ(wrong, 0u);
}

}  // namespace tengen::nn
