// Small blocks of memory kept for the next request of their size.
//
// A training step makes and drops the same few hundred small objects (the tape's entries, the
// control blocks of tensors) every time. Each thread keeps some of each size; what is left over
// wanders between threads in batches, so that one may allocate what another frees.
#pragma once

#include <cstddef>
#include <vector>

namespace tengen {

// At least `bytes` bytes, aligned as operator new aligns. Blocks above 64 KiB are not kept.
void* take_block(size_t bytes);
void give_block(void* block, size_t bytes) noexcept;

// For std::allocate_shared and the containers.
template <class T>
struct BlockAllocator {
  using value_type = T;
  BlockAllocator() = default;
  template <class U>
  BlockAllocator(const BlockAllocator<U>&) {}  // NOLINT: the containers convert

  T* allocate(size_t n) {
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    return static_cast<T*>(take_block(n * sizeof(T)));
  }
  void deallocate(T* block, size_t n) noexcept { give_block(block, n * sizeof(T)); }
  bool operator==(const BlockAllocator&) const { return true; }
};

// A short list that costs no allocation in a training step.
template <class T>
using PooledVector = std::vector<T, BlockAllocator<T>>;

}  // namespace tengen
