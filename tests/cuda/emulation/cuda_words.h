// Included before every source of cuda_emulation_tests: CUDA's words for kernels, as plain C++.
// A kernel becomes a function, shared memory static (blocks run one at a time), and what asks the
// hardware asks the emulation's block.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#undef __global__
#undef __device__
#undef __host__
#undef __shared__
#undef __constant__
#undef __forceinline__
#undef __launch_bounds__
#undef __restrict__
#define __global__
#define __device__
#define __host__
#define __shared__ static
#define __constant__ static const
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __restrict__ __restrict

#include "tests/cuda/emulation/block.h"

#define threadIdx (::tengen::emulation::this_thread().thread)
#define blockIdx (::tengen::emulation::this_thread().block)
#define blockDim (::tengen::emulation::this_thread().block_size)
#define gridDim (::tengen::emulation::this_thread().grid_size)
inline constexpr int warpSize = 32;

inline void __syncthreads() { tengen::emulation::block_barrier(); }
inline void __syncwarp(unsigned mask = 0xffffffffu) { tengen::emulation::warp_barrier(mask); }
inline void __threadfence() {}
inline void __threadfence_block() {}

template <class T>
T __shfl_sync(unsigned mask, T value, int lane, int width = 32) {
  const int own = tengen::emulation::lane();
  return tengen::emulation::from_lane(mask, value, own / width * width + lane % width);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int other, int width = 32) {
  const int own = tengen::emulation::lane(), from = own ^ other;
  return tengen::emulation::from_lane(mask, value, from / width == own / width ? from : own);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32) {
  const int own = tengen::emulation::lane(), from = own + static_cast<int>(by);
  return tengen::emulation::from_lane(mask, value, from / width == own / width ? from : own);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32) {
  const int own = tengen::emulation::lane(), from = own - static_cast<int>(by);
  return tengen::emulation::from_lane(mask, value,
                                      from >= 0 && from / width == own / width ? from : own);
}
inline unsigned __ballot_sync(unsigned mask, int predicate) {
  unsigned votes = 0;
  for (int i = 0; i < 32; ++i)
    if ((mask >> i & 1) && tengen::emulation::from_lane(mask, predicate, i)) votes |= 1u << i;
  return votes;
}
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) {
  return __ballot_sync(mask, predicate) == mask;
}
inline int __syncthreads_or(int predicate) { return tengen::emulation::block_any(predicate != 0); }

// Threads run one at a time, so that these need nothing more.
template <class T>
T atomicAdd(T* at, std::type_identity_t<T> value) {
  const T old = *at;
  *at = old + value;
  return old;
}
template <class T>
T atomicMax(T* at, std::type_identity_t<T> value) {
  const T old = *at;
  *at = std::max(old, value);
  return old;
}
template <class T>
T atomicMin(T* at, std::type_identity_t<T> value) {
  const T old = *at;
  *at = std::min(old, value);
  return old;
}
template <class T>
T atomicCAS(T* at, std::type_identity_t<T> compare, std::type_identity_t<T> value) {
  const T old = *at;
  if (old == compare) *at = value;
  return old;
}

template <class T>
T __ldg(const T* at) {
  return *at;
}
inline int __popc(unsigned bits) { return std::popcount(bits); }
inline int __popcll(unsigned long long bits) { return std::popcount(bits); }
inline int __ffs(int bits) {
  return bits == 0 ? 0 : std::countr_zero(static_cast<unsigned>(bits)) + 1;
}
inline int __clz(int bits) { return std::countl_zero(static_cast<unsigned>(bits)); }
inline unsigned __float_as_uint(float value) { return std::bit_cast<unsigned>(value); }
inline float __uint_as_float(unsigned bits) { return std::bit_cast<float>(bits); }
inline int __float_as_int(float value) { return std::bit_cast<int>(value); }
inline float __int_as_float(int bits) { return std::bit_cast<float>(bits); }
inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>((static_cast<uint64_t>(a) * b) >> 32);
}
inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline float __fdividef(float a, float b) { return a / b; }
inline float __expf(float x) { return std::exp(x); }
inline float __logf(float x) { return std::log(x); }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }

using std::max;
using std::min;
