// Where a CudaDevice's kernels go, and how many threads they get: one for each piece of work, up
// to what fills the device; loops in the kernel take the rest (grid-stride loops).
#pragma once

#include <algorithm>

#include "nn/cuda/handles.h"
#include "nn/cuda/kernel_target.h"
#include "nn/cuda/launch.h"

namespace tengen::nn {

constexpr int kBlockThreads = 256;
constexpr int kBlocksAProcessor = 8;  // 2048 threads, as many as one holds

// Blocks of `threads` threads, as many as wanted or as fill the device. No piece, no launch.
template <class... Parameters, class... Arguments>
void launch_blocks(const KernelTarget& target, int64_t blocks, int64_t threads,
                   void (*kernel)(Parameters...), Arguments&&... arguments) {
  if (blocks <= 0) return;
  const OnDevice on(target.device);
  const int64_t most = int64_t{target.processors} * kBlocksAProcessor;
  launch(
      kernel,
      {dim3(static_cast<unsigned>(std::min(blocks, most))), dim3(static_cast<unsigned>(threads))},
      target.stream, std::forward<Arguments>(arguments)...);
}

// A thread for each of `pieces`.
template <class... Parameters, class... Arguments>
void launch_over(const KernelTarget& target, int64_t pieces, void (*kernel)(Parameters...),
                 Arguments&&... arguments) {
  const int64_t threads = std::min<int64_t>(kBlockThreads, (pieces + 31) / 32 * 32);
  if (threads > 0)
    launch_blocks(target, (pieces + threads - 1) / threads, threads, kernel,
                  std::forward<Arguments>(arguments)...);
}

// In a kernel: this thread's number among all, and how many there are.
__device__ inline int64_t grid_thread() {
  return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ inline int64_t grid_threads() { return static_cast<int64_t>(gridDim.x) * blockDim.x; }

// Four floats at once: one access to memory of 16 bytes.
struct alignas(16) FourFloats {
  float v[4];
};
inline bool aligned_for_four(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer) % sizeof(FourFloats) == 0;
}
__device__ inline FourFloats load_four(const float* from) {
  return *reinterpret_cast<const FourFloats*>(from);
}
__device__ inline void store_four(float* to, const FourFloats& four) {
  *reinterpret_cast<FourFloats*>(to) = four;
}

}  // namespace tengen::nn
