// What products need beside cuBLASLt. Matrices are row-major; steps and leading dimensions in
// elements.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime_api.h>

#include <cstdint>

namespace tengen::nn {

// x [batch, rows, columns] -> y, rounded to the nearest (ties to even).
struct RoundShape {
  int64_t batch = 1, rows = 1, columns = 0;
  int64_t x_step = 0, x_ld = 0;
  int64_t y_step = 0, y_ld = 0;
};
void round_to_bfloat16(const RoundShape& shape, const float* x, __nv_bfloat16* y,
                       cudaStream_t stream);

// c [batch, m, n] *= beta. With beta = 0 it is not read.
void scale_matrices(int64_t batch, int64_t m, int64_t n, float beta, float* c, int64_t c_step,
                    int64_t ldc, cudaStream_t stream);

}  // namespace tengen::nn
