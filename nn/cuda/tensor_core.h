// What kernels ask of the tensor cores and of the engine that copies into shared memory: all the
// PTX there is in Tengen. Compute capability 8.0 and later.
//
// Lanes hold a matrix of a product in pieces of two neighbouring fp16 (PTX ISA, "Matrix fragments
// for mma.m16n8k16 with floating point type"). With g = lane / 4 and t = lane % 4:
//   left  [16,16]: (g, 2t)  (g+8, 2t)  (g, 2t+8)  (g+8, 2t+8), each with the column after it
//   right [16,8]:  (2t, g)  (2t+8, g), each with the row after it
//   sums  [16,8]:  (g, 2t)  (g, 2t+1)  (g+8, 2t)  (g+8, 2t+1)
#pragma once

#include <cuda_fp16.h>

namespace tengen::nn {

struct LeftFragment {
  unsigned pairs[4];
};
struct RightFragment {
  unsigned pairs[2];
};

// sums += left * right, by the whole warp. Products are exact, sums fp32.
__device__ __forceinline__ void multiply_add(const LeftFragment& left, const RightFragment& right,
                                             float (&sums)[4]) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(left.pairs[0]), "r"(left.pairs[1]), "r"(left.pairs[2]), "r"(left.pairs[3]),
        "r"(right.pairs[0]), "r"(right.pairs[1]));
}

// From shared memory, by the whole warp: each lane names eight columns of a row of the matrix, 16
// bytes and aligned to them: row lane % 16, columns from lane / 16 * 8 on. Rows may lie anywhere.
__device__ __forceinline__ LeftFragment load_left(const __half* row) {
  LeftFragment left;
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(left.pairs[0]), "=r"(left.pairs[1]), "=r"(left.pairs[2]), "=r"(left.pairs[3])
               : "r"(static_cast<unsigned>(__cvta_generic_to_shared(row)))
               : "memory");
  return left;
}

// Begins to copy 16 bytes, aligned to 16 on both sides, from global to shared memory.
__device__ __forceinline__ void begin_copy(void* to_shared, const void* from_global) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;"
               :
               : "r"(static_cast<unsigned>(__cvta_generic_to_shared(to_shared))),
                 "l"(__cvta_generic_to_global(from_global))
               : "memory");
}

// Closes a group, perhaps an empty one, of the copies that this thread has begun since the last.
__device__ __forceinline__ void end_copy_group() {
  asm volatile("cp.async.commit_group;" : : : "memory");
}

// Waits for this thread's copies, but for those of its kGroups latest groups. What other threads
// have copied is there only behind a barrier.
template <int kGroups>
__device__ __forceinline__ void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;" : : "n"(kGroups) : "memory");
}

}  // namespace tengen::nn
