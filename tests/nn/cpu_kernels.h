// The fast device of one instruction set beside the reference device.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "nn/base/rng.h"
#include "nn/cpu/cpu_device.h"

namespace tengen::nn {

inline std::vector<float> random_floats(int64_t n, uint64_t stream) {
  Rng rng(7, stream);
  std::vector<float> x(n);
  for (float& value : x) value = static_cast<float>(rng.normal());
  return x;
}

// Largest |a - b| relative to the largest |b|.
inline double difference(const std::vector<float>& a, const std::vector<float>& b) {
  double most = 0, scale = 1e-6;
  for (size_t i = 0; i < b.size(); ++i) {
    const double d = std::abs(double{a[i]} - b[i]);
    if (!(d <= most)) most = d;  // a NaN stays
    scale = std::max(scale, std::abs(double{b[i]}));
  }
  return most / scale;
}

class CpuKernels : public testing::TestWithParam<std::string> {
 protected:
  CpuDevice fast_{kernels(GetParam())};
  Device& reference_ = reference_device();

  // Runs `f` on both devices, over an output that holds old numbers, and compares.
  void compare(int64_t size, double tolerance, const std::function<void(Device&, float*)>& f) {
    std::vector<float> expected = random_floats(size, 99), got = expected;
    f(reference_, expected.data());
    f(fast_, got.data());
    EXPECT_LE(difference(got, expected), tolerance);
  }

  void compare_convolution(const Conv2dShape& s, double tolerance) {
    const int64_t x_size = s.n * s.height * s.width * s.in;
    const int64_t y_size = s.n * s.out_height() * s.out_width() * s.out;
    const int64_t w_size = s.kernel_h * s.kernel_w * s.group_in() * s.out;
    const auto x = random_floats(x_size, 1), w = random_floats(w_size, 2);
    const auto dy = random_floats(y_size, 3);
    SCOPED_TRACE(testing::Message()
                 << s.n << "x" << s.height << "x" << s.width << " " << s.in << "->" << s.out
                 << " kernel " << s.kernel_h << "x" << s.kernel_w << " stride " << s.stride.h
                 << " padding " << s.padding.h);
    compare(y_size, tolerance, [&](Device& d, float* y) { d.conv2d(s, x.data(), w.data(), y); });
    compare(x_size, tolerance,
            [&](Device& d, float* dx) { d.conv2d_grad_input(s, dy.data(), w.data(), dx); });
    compare(w_size, tolerance,
            [&](Device& d, float* dw) { d.conv2d_grad_weight(s, x.data(), dy.data(), dw); });
  }
};

}  // namespace tengen::nn
