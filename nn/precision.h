// Mixed precision: products in bfloat16, everything else in float32.
//
// The factors of matmul, linear, conv2d, attention and recurrent layers are rounded to bfloat16 as
// they are packed for the kernel, and summed in float32; weights, activations, gradients and
// optimiser state stay float32, so that no loss scaling is needed. The gradient of an operation
// runs in the precision of its value.
#pragma once

#include "nn/device.h"

namespace tengen::nn {

// While one lives, its thread's operations have this precision.
class ProductPrecision {
 public:
  explicit ProductPrecision(Precision precision);
  ~ProductPrecision();
  ProductPrecision(const ProductPrecision&) = delete;
  ProductPrecision& operator=(const ProductPrecision&) = delete;

 private:
  Precision before_;
};
Precision product_precision();

// The nearest number with eight bits of significand, ties to even: what a factor becomes.
float rounded_to_bfloat16(float x);

}  // namespace tengen::nn
