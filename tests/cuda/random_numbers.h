// Random numbers for tests of products and convolutions, and how far two results are apart.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "nn/base/rng.h"

namespace tengen::nn {

inline std::vector<float> random_floats(int64_t n, uint64_t stream) {
  Rng rng(7, stream);
  std::vector<float> x(static_cast<size_t>(n));
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

}  // namespace tengen::nn
