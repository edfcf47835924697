// One block of a kernel on the CPU: every thread of it is a fiber, and runs until it ends or waits
// for others. That some threads never arrive where others wait is an error, where a GPU would hang
// or go wrong. Blocks, and threads within them, run in changing order, all warps side by side or
// each as far as it comes alone, so that a race is not always won by the same one.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>
#include <functional>

namespace tengen::emulation {

struct ThreadPlace {
  uint3 thread, block;
  dim3 block_size, grid_size;
};

// Runs `body` once for every thread of every block.
void run_grid(dim3 grid, dim3 block, size_t shared_bytes, const std::function<void()>& body);

// For the thread that runs:
const ThreadPlace& this_thread();
int lane();
void* shared_memory();  // what LaunchShape::shared_bytes asked for; NaN as a block begins
void block_barrier();
bool block_any(bool predicate);
void warp_barrier(unsigned mask);

// Writes `bytes` (at most 64) of the caller's, and reads those of another lane of its warp; all
// lanes of the mask must be there.
void exchange(unsigned mask, const void* mine, void* theirs, size_t bytes, int lane);
// Those of every lane, 32 times `bytes`.
void exchange_all(unsigned mask, const void* mine, void* all, size_t bytes);

// Copies into shared memory that go on beside the thread that began them: what they overwrite is
// NaN at once, and what they bring comes no sooner than the thread waits for it. A thread that ends
// before its copies have is an error.
void begin_copy(void* to, const void* from, size_t bytes);
void end_copy_group();
void wait_for_copies(size_t groups_left);  // all but so many of the latest groups

template <class T>
T from_lane(unsigned mask, const T& value, int lane) {
  T result;
  exchange(mask, &value, &result, sizeof(T), lane);
  return result;
}

}  // namespace tengen::emulation
