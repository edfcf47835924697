#include "nn/precision.h"

#include <cmath>

namespace tengen::nn {
namespace {

Precision& thread_precision() {
  thread_local Precision precision = Precision::kFloat32;
  return precision;
}

}  // namespace

ProductPrecision::ProductPrecision(Precision precision) : before_(thread_precision()) {
  thread_precision() = precision;
}

ProductPrecision::~ProductPrecision() { thread_precision() = before_; }

Precision product_precision() { return thread_precision(); }

float rounded_to_bfloat16(float x) {
  constexpr int kSignificandBits = 8;
  if (!std::isfinite(x)) return x;
  int exponent = 0;
  const float significand = std::frexp(x, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(significand, kSignificandBits)),
                    exponent - kSignificandBits);
}

}  // namespace tengen::nn
