// ReferenceDevice, element by element.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "nn/cpu/reference_device.h"

namespace tengen::nn {
namespace {

float softplus(float x) { return std::max<float>(x, 0) + std::log1p(std::exp(-std::abs(x))); }

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

// P(X < x) and the density of a standard normal X.
float normal_below(float x) {
  return float{0.5} * std::erfc(-x * static_cast<float>(std::numbers::sqrt2 / 2));
}
float normal_density(float x) {
  constexpr double kFactor = std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2;
  return static_cast<float>(kFactor) * std::exp(float{-0.5} * x * x);
}

float value_of(UnaryOp op, float x) {
  switch (op.kind) {
    case Unary::kRelu:
      return std::max<float>(x, 0);
    case Unary::kTanh:
      return std::tanh(x);
    case Unary::kSigmoid:
      return sigmoid(x);
    case Unary::kExp:
      return std::exp(x);
    case Unary::kLog:
      return std::log(x);
    case Unary::kSquare:
      return x * x;
    case Unary::kSqrt:
      return std::sqrt(x);
    case Unary::kAbs:
      return std::abs(x);
    case Unary::kNegate:
      return -x;
    case Unary::kSoftplus:
      return softplus(x);
    case Unary::kLeakyRelu:
      return x > 0 ? x : op.parameter * x;
    case Unary::kElu:
      return x > 0 ? x : op.parameter * std::expm1(x);
    case Unary::kGelu:
      return x * normal_below(x);
    case Unary::kSilu:
      return x * sigmoid(x);
    case Unary::kMish:
      return x * std::tanh(softplus(x));
  }
  return 0;
}

// dy/dx at x, where the value was y.
float slope_of(UnaryOp op, const float* xs, const float* ys, int64_t i) {
  switch (op.kind) {
    case Unary::kRelu:
      return ys[i] > 0 ? 1 : 0;
    case Unary::kTanh:
      return 1 - ys[i] * ys[i];
    case Unary::kSigmoid:
      return ys[i] * (1 - ys[i]);
    case Unary::kExp:
      return ys[i];
    case Unary::kSqrt:
      return float{0.5} / ys[i];
    case Unary::kLeakyRelu:
      return ys[i] > 0 ? 1 : op.parameter;
    case Unary::kElu:
      return ys[i] > 0 ? 1 : ys[i] + op.parameter;
    default:
      break;
  }
  const float x = xs[i];
  switch (op.kind) {
    case Unary::kLog:
      return 1 / x;
    case Unary::kSquare:
      return 2 * x;
    case Unary::kAbs:
      return x > 0 ? 1 : x < 0 ? -1 : 0;
    case Unary::kNegate:
      return -1;
    case Unary::kSoftplus:
      return sigmoid(x);
    case Unary::kGelu:
      return normal_below(x) + x * normal_density(x);
    case Unary::kSilu:
      return sigmoid(x) * (1 + x * (1 - sigmoid(x)));
    case Unary::kMish: {
      const float t = std::tanh(softplus(x));
      return t + x * sigmoid(x) * (1 - t * t);
    }
    default:
      return 0;
  }
}

float value_of(Binary op, float a, float b) {
  switch (op) {
    case Binary::kAdd:
      return a + b;
    case Binary::kSubtract:
      return a - b;
    case Binary::kMultiply:
      return a * b;
    case Binary::kDivide:
      return a / b;
    case Binary::kMaximum:
      return std::max(a, b);
    case Binary::kMinimum:
      return std::min(a, b);
    case Binary::kEqual:
      return a == b ? 1 : 0;
  }
  return 0;
}

}  // namespace

void ReferenceDevice::unary(UnaryOp op, int64_t n, const float* x, float* y) {
  for (int64_t i = 0; i < n; ++i) y[i] = value_of(op, x[i]);
}

void ReferenceDevice::unary_grad(UnaryOp op, int64_t n, const float* x, const float* y,
                                 const float* dy, float* dx) {
  for (int64_t i = 0; i < n; ++i) dx[i] = dy[i] * slope_of(op, x, y, i);
}

void ReferenceDevice::binary(Binary op, int64_t n, const float* a, const float* b, int64_t nb,
                             int64_t inner, float* y) {
  for (int64_t i = 0; i < n; ++i) y[i] = value_of(op, a[i], b[(i / inner) % nb]);
}

void ReferenceDevice::axpy(int64_t n, float alpha, const float* x, float* y) {
  for (int64_t i = 0; i < n; ++i) y[i] += alpha * x[i];
}

// The upper and the lower half of each draw against p * 2^32; a factor from a table, since a branch
// on a random number is guessed wrong as often as not.
void ReferenceDevice::dropout(int64_t n, float p, Rng rng, const float* x, float* y) {
  const uint64_t dropped = static_cast<uint64_t>(static_cast<double>(p) * 0x1.0p32);
  const float factor[2] = {1 / (1 - p), 0};
  for (int64_t i = 0; i < n; i += 2) {
    const uint64_t bits = rng.bits();
    y[i] = x[i] * factor[(bits >> 32) < dropped];
    if (i + 1 < n) y[i + 1] = x[i + 1] * factor[(bits & 0xffffffffu) < dropped];
  }
}

}  // namespace tengen::nn
