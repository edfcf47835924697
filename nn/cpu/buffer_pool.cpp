#include "nn/cpu/buffer_pool.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#include "nn/base/block_pool.h"

namespace tengen::nn {

struct BufferPool::Shelves {
  explicit Shelves(size_t limit) : idle_limit(limit) {}
  ~Shelves() {
    for (auto& [size, buffers] : idle)
      for (void* buffer : buffers) std::free(buffer);
  }

  void* take(size_t size) {
    {
      std::lock_guard lock(mutex);
      auto& shelf = idle[size];
      if (!shelf.empty()) {
        void* buffer = shelf.back();
        shelf.pop_back();
        idle_bytes -= size;
        return buffer;
      }
    }
    void* buffer = std::aligned_alloc(64, size);
    if (!buffer) throw std::bad_alloc();
    return buffer;
  }

  void give(void* buffer, size_t size) {
    {
      std::lock_guard lock(mutex);
      if (idle_bytes + size <= idle_limit) {
        idle[size].push_back(buffer);
        idle_bytes += size;
        return;
      }
    }
    std::free(buffer);
  }

  mutable std::mutex mutex;  // guards all below
  std::map<size_t, std::vector<void*>> idle;
  size_t idle_bytes = 0;
  const size_t idle_limit;
};

BufferPool::BufferPool(size_t idle_limit) : shelves_(std::make_shared<Shelves>(idle_limit)) {}

size_t BufferPool::size_class(size_t bytes) {
  if (bytes <= 64) return 64;
  const size_t step = std::max<size_t>(64, std::bit_floor(bytes - 1) / 4);
  return (bytes + step - 1) / step * step;
}

std::shared_ptr<void> BufferPool::allocate(size_t bytes) {
  const size_t size = size_class(bytes);
  void* buffer = shelves_->take(size);
  // The deleter holds the shelves: tensors of static lifetime may be freed after the device.
  return {buffer, [shelves = shelves_, size](void* freed) { shelves->give(freed, size); },
          BlockAllocator<char>()};
}

size_t BufferPool::idle_bytes() const {
  std::lock_guard lock(shelves_->mutex);
  return shelves_->idle_bytes;
}

}  // namespace tengen::nn
