// Scratch: a buffer of floats for the length of a scope, from a stack that belongs to the thread.
//
// A worker that waits inside one kernel may be given a piece of another, so a kernel's buffer
// cannot be one fixed place of its thread; pieces nest, so a stack serves.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tengen::nn {

class Scratch {
 public:
  // Aligned to 64 bytes; any content.
  explicit Scratch(int64_t floats);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  float* data() const { return data_; }
  // The same memory, for half as many.
  double* doubles() const { return reinterpret_cast<double*>(data_); }

 private:
  float* data_;
};

}  // namespace tengen::nn
