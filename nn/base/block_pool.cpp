#include "nn/base/block_pool.h"

#include <bit>
#include <mutex>
#include <new>

namespace tengen {
namespace {

// Sizes: 64, 128, ... 1024 bytes, then 2, 4, ... 64 KiB.
constexpr size_t kStep = 64;
constexpr size_t kSteps = 16;
constexpr size_t kSizes = kSteps + 6;
constexpr int kBatch = 32;  // blocks that move between a thread and the store at once

struct Block {
  Block* next;
};

// Blocks of one size.
struct Shelf {
  Block* first = nullptr;
  int count = 0;

  void push(void* memory) {
    first = new (memory) Block{first};
    ++count;
  }
  void* pop() {
    Block* block = first;
    first = block->next;
    --count;
    return block;
  }
};

// What all threads share. Never destroyed: tensors of static lifetime are freed late.
struct Store {
  std::mutex mutex;  // guards the shelves
  Shelf shelves[kSizes];
};

Store& store() {
  static Store* const one = new Store;
  return *one;
}

// A thread's own shelves: without destructor, so that they may be used until the thread is gone.
struct Cache {
  enum State { kNew, kOpen, kClosed } state = kNew;
  Shelf shelves[kSizes];
};
thread_local constinit Cache cache;

void move_blocks(Shelf& from, Shelf& to, int count) {
  for (; count > 0 && from.count > 0; --count) to.push(from.pop());
}

// Hands the thread's blocks to the others when it ends.
struct Closer {
  Closer() { cache.state = Cache::kOpen; }
  ~Closer() {
    std::lock_guard lock(store().mutex);
    for (size_t i = 0; i < kSizes; ++i)
      move_blocks(cache.shelves[i], store().shelves[i], cache.shelves[i].count);
    cache.state = Cache::kClosed;
  }
};

void open_cache() {
  if (cache.state == Cache::kNew) thread_local const Closer closer;
}

size_t shelf_of(size_t bytes) {
  if (bytes <= kStep) return 0;
  if (bytes <= kSteps * kStep) return (bytes - 1) / kStep;
  return kSteps - 1 + std::bit_width((bytes - 1) / (kSteps * kStep));
}

size_t size_of_shelf(size_t i) {
  return i < kSteps ? (i + 1) * kStep : (kSteps * kStep) << (i - kSteps + 1);
}

}  // namespace

void* take_block(size_t bytes) {
  const size_t i = shelf_of(bytes);
  if (i >= kSizes) return ::operator new(bytes);
  Shelf& own = cache.shelves[i];
  if (own.count == 0) {
    open_cache();
    std::lock_guard lock(store().mutex);
    move_blocks(store().shelves[i], own, cache.state == Cache::kOpen ? kBatch : 1);
  }
  return own.count > 0 ? own.pop() : ::operator new(size_of_shelf(i));
}

void give_block(void* block, size_t bytes) noexcept {
  const size_t i = shelf_of(bytes);
  if (i >= kSizes) return ::operator delete(block);
  open_cache();
  Shelf& own = cache.shelves[i];
  own.push(block);
  const bool closed = cache.state == Cache::kClosed;
  if (own.count <= 2 * kBatch && !closed) return;
  std::lock_guard lock(store().mutex);
  move_blocks(own, store().shelves[i], closed ? own.count : kBatch);
}

}  // namespace tengen
