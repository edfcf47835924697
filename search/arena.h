// Memory of one tree: a bump allocator over chunks, addressed by 32-bit handles.
//
// Blocks are never freed one by one. When a tree moves to a new root, its kept part is copied to
// a second arena and the first is cleared as a whole (tree.h), so nothing fragments. A cleared
// arena holds on to its chunks: memory fresh from the system costs as much as the search itself.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace tengen::search {

// Names a block: its place in units of Arena::kUnit bytes. 0 names nothing.
using Handle = uint32_t;
inline constexpr Handle kNone = 0;

class Arena {
 public:
  // A cache line, so that blocks of different threads never share one.
  static constexpr size_t kUnit = 64;
  static constexpr size_t kChunkUnits = 1024;
  static constexpr size_t kChunkBytes = kUnit * kChunkUnits;

  // Never holds more than `limit_bytes`, which is rounded down to chunks, but at least one.
  explicit Arena(size_t limit_bytes);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // An uninitialised block of at most kChunkBytes, or kNone when the arena is full. Any thread.
  Handle allocate(size_t bytes);
  // Takes a block back if it is still the newest one; otherwise its bytes stay unused.
  void give_back(Handle block, size_t bytes);

  // The block's first byte. The chunk was there before the handle was handed out, and handles
  // travel between threads by release and acquire, so a relaxed load finds it.
  std::byte* at(Handle block) const {
    return chunks_[block / kChunkUnits].load(std::memory_order_relaxed) +
           (block % kChunkUnits) * kUnit;
  }

  // Forgets all blocks and keeps the chunks for new ones. Only while nobody else is here.
  void clear() { top_.store(1, std::memory_order_relaxed); }

  size_t limit_bytes() const { return limit_bytes_; }  // as given
  // Bytes of the chunks held, by blocks or for new ones.
  size_t bytes() const { return held_.load(std::memory_order_relaxed) * kChunkBytes; }

 private:
  void make_chunk(size_t index);

  size_t limit_bytes_;
  size_t max_chunks_;
  std::unique_ptr<std::atomic<std::byte*>[]> chunks_;
  // First free unit; unit 0 stays unused, it is kNone. Apart from what everybody reads.
  alignas(kUnit) std::atomic<uint64_t> top_{1};
  std::atomic<size_t> held_{0};
};

}  // namespace tengen::search
