// Rows that a warp or a whole block works at together.
#pragma once

#include "nn/cuda/kernel_queue.h"

namespace tengen::nn {

constexpr int kWarpThreads = 32;
constexpr int64_t kWarpColumns = 1024;  // longer rows are a block's

struct Largest {
  static __device__ float none() { return -INFINITY; }
  static __device__ float merged(float a, float b) { return a < b ? b : a; }
};
struct Sum {
  static __device__ float none() { return 0.0f; }
  static __device__ float merged(float a, float b) { return a + b; }
};

// The merged value of a team, to each of its threads; all threads of the block call it.
// `across` is shared memory of a float for each warp.
template <class Merge, int kTeam>
__device__ float merge_team(float value, float* across) {
  for (int by = kWarpThreads / 2; by > 0; by /= 2)
    value = Merge::merged(value, __shfl_xor_sync(0xffffffffu, value, by));
  if constexpr (kTeam == kWarpThreads) return value;
  __syncthreads();  // what was there has been read
  if (threadIdx.x % kWarpThreads == 0) across[threadIdx.x / kWarpThreads] = value;
  __syncthreads();
  float all = Merge::none();
  for (int w = 0; w < kTeam / kWarpThreads; ++w) all = Merge::merged(all, across[w]);
  return all;
}

// kernel(rows, columns, f) with a team for each row; `kernel` as by_warps and by_blocks.
template <class F>
__global__ void rows_by_warps(int64_t rows, int64_t columns, F f) {
  const int64_t warp = grid_thread() / kWarpThreads;
  for (int64_t row = warp; row < rows; row += grid_threads() / kWarpThreads)
    f.template row<kWarpThreads>(row, columns, static_cast<int>(threadIdx.x % kWarpThreads),
                                 nullptr);
}
template <class F>
__global__ void rows_by_blocks(int64_t rows, int64_t columns, F f) {
  __shared__ float across[kBlockThreads / kWarpThreads];
  for (int64_t row = blockIdx.x; row < rows; row += gridDim.x)
    f.template row<kBlockThreads>(row, columns, static_cast<int>(threadIdx.x), across);
}

// F has template <int kTeam> void row(row, columns, member, across).
template <class F>
void for_rows(const KernelTarget& target, int64_t rows, int64_t columns, const F& f) {
  if (columns > kWarpColumns)
    launch_blocks(target, rows, kBlockThreads, rows_by_blocks<F>, rows, columns, f);
  else
    launch_over(target, rows * kWarpThreads, rows_by_warps<F>, rows, columns, f);
}

}  // namespace tengen::nn
