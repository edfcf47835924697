// The kernels that are functions of single numbers or of single rows (vector_math.inc,
// unary_kernels.inc, row_kernels.inc).
#pragma once

#include <cstdint>

#include "nn/device.h"

namespace tengen::nn {

// One group's place in its normalisation: xhat = (x - mean) * inverse_std.
struct NormRow {
  const float* x;
  const float* gamma;
  float mean, inverse_std;
};

struct ElementKernels {
  // As Device::unary and unary_grad, which read `z`: x or y, whichever the function needs.
  void (*unary)(Unary op, float parameter, int64_t n, const float* x, float* y);
  void (*unary_grad)(Unary op, float parameter, int64_t n, const float* z, const float* dy,
                     float* dx);
  // b of n numbers, or one number for all.
  void (*binary)(Binary op, int64_t n, const float* a, const float* b, float* y);
  void (*binary_with_one)(Binary op, int64_t n, const float* a, float b, float* y);

  // One row of n numbers.
  void (*softmax)(int64_t n, const float* x, float* y);
  void (*log_softmax)(int64_t n, const float* x, float* y);
  void (*softmax_grad)(int64_t n, const float* y, const float* dy, float* dx);
  void (*log_softmax_grad)(int64_t n, const float* y, const float* dy, float* dx);
  // Sums of x - pivot and of its square.
  void (*row_moments)(int64_t n, const float* x, float pivot, double* sum, double* square);
  void (*norm_row)(int64_t n, const NormRow& row, const float* beta, float* y);
  // Adds the sums of h = gamma * dy and of h * xhat.
  void (*norm_grad_sums)(int64_t n, const NormRow& row, const float* dy, double* sum,
                         double* sum_xhat);
  // dx = inverse_std * (h - mean_h - xhat * mean_h_xhat); dgamma += dy * xhat, dbeta += dy.
  void (*norm_grad_row)(int64_t n, const NormRow& row, const float* dy, float mean_h,
                        float mean_h_xhat, float* dx, float* dgamma, float* dbeta);
};

}  // namespace tengen::nn
