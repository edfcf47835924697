// Freed buffers kept for the next request of their size class.
//
// A training step asks for the same sizes as the one before it. Fresh memory of that size comes
// from the kernel page by page, zeroed on first touch, which costs more than a pass of arithmetic.
#pragma once

#include <cstddef>
#include <memory>

namespace tengen::nn {

class BufferPool {
 public:
  // Beyond `idle_limit` bytes of kept memory, freed buffers go back to the system.
  explicit BufferPool(size_t idle_limit = size_t{2} << 30);

  // At least `bytes` bytes, aligned to 64, with any content. Thread-safe; a buffer may outlive
  // the pool.
  std::shared_ptr<void> allocate(size_t bytes);

  size_t idle_bytes() const;

  // Rounded up to one of four sizes for every power of two, at least 64.
  static size_t size_class(size_t bytes);

 private:
  struct Shelves;
  std::shared_ptr<Shelves> shelves_;
};

}  // namespace tengen::nn
