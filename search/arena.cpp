#include "search/arena.h"

#include <algorithm>
#include <limits>
#include <new>

#include "nn/base/check.h"

namespace tengen::search {

namespace {

constexpr size_t kMostChunks =
    (size_t{std::numeric_limits<Handle>::max()} + 1) / Arena::kChunkUnits;

constexpr uint64_t units_for(size_t bytes) { return (bytes + Arena::kUnit - 1) / Arena::kUnit; }

}  // namespace

Arena::Arena(size_t limit_bytes)
    : limit_bytes_(limit_bytes),
      max_chunks_(std::clamp<size_t>(limit_bytes / kChunkBytes, 1, kMostChunks)),
      chunks_(std::make_unique<std::atomic<std::byte*>[]>(max_chunks_)) {}

Arena::~Arena() {
  for (size_t i = 0; i < max_chunks_; ++i) {
    std::byte* chunk = chunks_[i].load(std::memory_order_relaxed);
    if (!chunk) break;
    ::operator delete (chunk, std::align_val_t{kUnit});
  }
}

Handle Arena::allocate(size_t bytes) {
  CHECK(bytes <= kChunkBytes);
  const uint64_t units = units_for(bytes);
  uint64_t top = top_.load(std::memory_order_relaxed);
  uint64_t begin;
  do {
    begin = top;
    const uint64_t chunk_end = (begin / kChunkUnits + 1) * kChunkUnits;
    if (begin + units > chunk_end) begin = chunk_end;
    if (begin + units > max_chunks_ * kChunkUnits) return kNone;
    // Acquire: a block that was given back may have been written to.
  } while (!top_.compare_exchange_weak(top, begin + units, std::memory_order_acquire,
                                       std::memory_order_relaxed));
  make_chunk(begin / kChunkUnits);
  return static_cast<Handle>(begin);
}

void Arena::give_back(Handle block, size_t bytes) {
  uint64_t end = block + units_for(bytes);
  top_.compare_exchange_strong(end, block, std::memory_order_release, std::memory_order_relaxed);
}

// Several threads may find the chunk missing; one of theirs is taken, the others are freed.
void Arena::make_chunk(size_t index) {
  std::atomic<std::byte*>& slot = chunks_[index];
  if (slot.load(std::memory_order_acquire)) return;
  auto* fresh = static_cast<std::byte*>(::operator new (kChunkBytes, std::align_val_t{kUnit}));
  std::byte* expected = nullptr;
  if (slot.compare_exchange_strong(expected, fresh, std::memory_order_acq_rel)) {
    held_.fetch_add(1, std::memory_order_relaxed);
  } else {
    ::operator delete (fresh, std::align_val_t{kUnit});
  }
}

}  // namespace tengen::search
