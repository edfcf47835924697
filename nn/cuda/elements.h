// Kernels that compute elements of arrays from elements of arrays at the same place, in one pass.
#pragma once

#include "nn/cuda/kernel_queue.h"

namespace tengen::nn {

// The arrays; those written may be among those read. `fours`: all begin at 16 bytes.
template <int kInputs, int kOutputs>
struct ElementArrays {
  const float* in[kInputs];
  float* out[kOutputs];
  bool fours = false;
};

// F has kInputs, kOutputs and operator()(const float* in, float* out), the values of one element.
template <class F>
__global__ void map_elements_kernel(int64_t n, ElementArrays<F::kInputs, F::kOutputs> arrays, F f) {
  const int64_t fours = arrays.fours ? n / 4 : 0;
  for (int64_t i = grid_thread(); i < fours; i += grid_threads()) {
    FourFloats in[F::kInputs], out[F::kOutputs];
    for (int k = 0; k < F::kInputs; ++k) in[k] = load_four(arrays.in[k] + 4 * i);
    for (int j = 0; j < 4; ++j) {
      float x[F::kInputs], y[F::kOutputs];
      for (int k = 0; k < F::kInputs; ++k) x[k] = in[k].v[j];
      f(x, y);
      for (int k = 0; k < F::kOutputs; ++k) out[k].v[j] = y[k];
    }
    for (int k = 0; k < F::kOutputs; ++k) store_four(arrays.out[k] + 4 * i, out[k]);
  }
  for (int64_t i = 4 * fours + grid_thread(); i < n; i += grid_threads()) {
    float x[F::kInputs], y[F::kOutputs];
    for (int k = 0; k < F::kInputs; ++k) x[k] = arrays.in[k][i];
    f(x, y);
    for (int k = 0; k < F::kOutputs; ++k) arrays.out[k][i] = y[k];
  }
}

// f at each of n elements.
template <class F>
void map_elements(const KernelTarget& target, int64_t n, const F& f,
                  const float* const (&in)[F::kInputs], float* const (&out)[F::kOutputs]) {
  ElementArrays<F::kInputs, F::kOutputs> arrays;
  arrays.fours = true;
  for (int k = 0; k < F::kInputs; ++k) {
    arrays.in[k] = in[k];
    arrays.fours = arrays.fours && aligned_for_four(in[k]);
  }
  for (int k = 0; k < F::kOutputs; ++k) {
    arrays.out[k] = out[k];
    arrays.fours = arrays.fours && aligned_for_four(out[k]);
  }
  launch_over(target, arrays.fours ? (n + 3) / 4 : n, map_elements_kernel<F>, n, arrays, f);
}

}  // namespace tengen::nn
