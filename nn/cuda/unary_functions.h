// Unary functions and their slopes for kernels; formulas as in nn/cpu/reference_elementwise.cpp.
#pragma once

#include "nn/device.h"

namespace tengen::nn {

__device__ inline float sigmoid_of(float x) { return 1.0f / (1.0f + expf(-x)); }
__device__ inline float softplus_of(float x) { return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x))); }
// P(X < x) and the density of a standard normal X.
__device__ inline float normal_below(float x) { return 0.5f * erfcf(-x * 0.70710678118654752f); }
__device__ inline float normal_density(float x) {
  return 0.39894228040143268f * expf(-0.5f * x * x);
}
// Keeps what is not a number, so that a broken network does not look like a quiet one.
__device__ inline float relu_of(float x) { return x < 0.0f ? 0.0f : x; }

template <Unary kKind>
__device__ float unary_value(float x, float parameter) {
  if constexpr (kKind == Unary::kRelu) return relu_of(x);
  if constexpr (kKind == Unary::kTanh) return tanhf(x);
  if constexpr (kKind == Unary::kSigmoid) return sigmoid_of(x);
  if constexpr (kKind == Unary::kExp) return expf(x);
  if constexpr (kKind == Unary::kLog) return logf(x);
  if constexpr (kKind == Unary::kSquare) return x * x;
  if constexpr (kKind == Unary::kSqrt) return sqrtf(x);
  if constexpr (kKind == Unary::kAbs) return fabsf(x);
  if constexpr (kKind == Unary::kNegate) return -x;
  if constexpr (kKind == Unary::kSoftplus) return softplus_of(x);
  if constexpr (kKind == Unary::kLeakyRelu) return x > 0.0f ? x : parameter * x;
  if constexpr (kKind == Unary::kElu) return x > 0.0f ? x : parameter * expm1f(x);
  if constexpr (kKind == Unary::kGelu) return x * normal_below(x);
  if constexpr (kKind == Unary::kSilu) return x * sigmoid_of(x);
  if constexpr (kKind == Unary::kMish) return x * tanhf(softplus_of(x));
}

// The slope is found from y rather than from x.
constexpr bool slope_reads_y(Unary kind) {
  return kind == Unary::kRelu || kind == Unary::kTanh || kind == Unary::kSigmoid ||
         kind == Unary::kExp || kind == Unary::kSqrt || kind == Unary::kLeakyRelu ||
         kind == Unary::kElu;
}

// dy/dx; `at` is y or x as slope_reads_y says.
template <Unary kKind>
__device__ float unary_slope(float at, float parameter) {
  if constexpr (kKind == Unary::kRelu) return at > 0.0f ? 1.0f : 0.0f;
  if constexpr (kKind == Unary::kTanh) return 1.0f - at * at;
  if constexpr (kKind == Unary::kSigmoid) return at * (1.0f - at);
  if constexpr (kKind == Unary::kExp) return at;
  if constexpr (kKind == Unary::kSqrt) return 0.5f / at;
  if constexpr (kKind == Unary::kLeakyRelu) return at > 0.0f ? 1.0f : parameter;
  if constexpr (kKind == Unary::kElu) return at > 0.0f ? 1.0f : at + parameter;
  if constexpr (kKind == Unary::kLog) return 1.0f / at;
  if constexpr (kKind == Unary::kSquare) return 2.0f * at;
  if constexpr (kKind == Unary::kAbs) return at > 0.0f ? 1.0f : at < 0.0f ? -1.0f : 0.0f;
  if constexpr (kKind == Unary::kNegate) return -1.0f;
  if constexpr (kKind == Unary::kSoftplus) return sigmoid_of(at);
  if constexpr (kKind == Unary::kGelu) return normal_below(at) + at * normal_density(at);
  if constexpr (kKind == Unary::kSilu) {
    const float s = sigmoid_of(at);
    return s * (1.0f + at * (1.0f - s));
  }
  if constexpr (kKind == Unary::kMish) {
    const float t = tanhf(softplus_of(at));
    return t + at * sigmoid_of(at) * (1.0f - t * t);
  }
}

}  // namespace tengen::nn
