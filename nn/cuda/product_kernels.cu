#include "nn/cuda/launch.h"
#include "nn/cuda/product_kernels.h"

#include <algorithm>
#include <cstdint>

namespace tengen::nn {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kMostBlocks = 4096;  // each thread goes on in steps of the whole grid

LaunchShape over(int64_t elements) {
  const int64_t blocks = std::min((elements + kThreads - 1) / kThreads, kMostBlocks);
  return {dim3(static_cast<unsigned>(blocks)), dim3(kThreads)};
}

__device__ int64_t first() { return int64_t{blockIdx.x} * blockDim.x + threadIdx.x; }
__device__ int64_t stride() { return int64_t{gridDim.x} * blockDim.x; }

__global__ void round_matrices(RoundShape s, const float* __restrict__ x,
                               __nv_bfloat16* __restrict__ y) {
  const int64_t matrix = s.rows * s.columns, n = s.batch * matrix;
  for (int64_t i = first(); i < n; i += stride()) {
    const int64_t batch = i / matrix, row = i % matrix / s.columns, column = i % s.columns;
    y[batch * s.y_step + row * s.y_ld + column] =
        __float2bfloat16_rn(x[batch * s.x_step + row * s.x_ld + column]);
  }
}

union Four {
  __nv_bfloat16 value[4];
  uint2 bits;
  __host__ __device__ Four() {}
};

// Both aligned, n a multiple of four: a thread's access is 16 bytes wide.
__global__ void round_fours(int64_t fours, const float4* __restrict__ x, uint2* __restrict__ y) {
  for (int64_t i = first(); i < fours; i += stride()) {
    const float4 from = x[i];
    Four to;
    to.value[0] = __float2bfloat16_rn(from.x);
    to.value[1] = __float2bfloat16_rn(from.y);
    to.value[2] = __float2bfloat16_rn(from.z);
    to.value[3] = __float2bfloat16_rn(from.w);
    y[i] = to.bits;
  }
}

__global__ void scale(int64_t batch, int64_t m, int64_t n, float beta, float* __restrict__ c,
                      int64_t c_step, int64_t ldc) {
  const int64_t matrix = m * n;
  for (int64_t i = first(); i < batch * matrix; i += stride()) {
    float& at = c[i / matrix * c_step + i % matrix / n * ldc + i % n];
    at = beta == 0.0f ? 0.0f : beta * at;
  }
}

// One stretch of memory from the first matrix to the last, the same in both.
bool is_contiguous(const RoundShape& s) {
  return s.x_ld == s.columns && s.y_ld == s.columns &&
         (s.batch == 1 || (s.x_step == s.rows * s.columns && s.y_step == s.x_step));
}

}  // namespace

void round_to_bfloat16(const RoundShape& s, const float* x, __nv_bfloat16* y, cudaStream_t stream) {
  const int64_t n = s.batch * s.rows * s.columns;
  if (n == 0) return;
  if (is_contiguous(s) && n % 4 == 0 && reinterpret_cast<uintptr_t>(x) % 16 == 0 &&
      reinterpret_cast<uintptr_t>(y) % 8 == 0)
    launch(round_fours, over(n / 4), stream, n / 4, reinterpret_cast<const float4*>(x),
           reinterpret_cast<uint2*>(y));
  else
    launch(round_matrices, over(n), stream, s, x, y);
}

void scale_matrices(int64_t batch, int64_t m, int64_t n, float beta, float* c, int64_t c_step,
                    int64_t ldc, cudaStream_t stream) {
  if (batch * m * n > 0)
    launch(scale, over(batch * m * n), stream, batch, m, n, beta, c, c_step, ldc);
}

}  // namespace tengen::nn
