// Copies from ordinary host memory to the device that do not wait for the device.
//
// What is to be copied goes into page-locked memory first, so that the caller's may change or go
// at once. There are two pieces of it: a copy waits only when both are full of copies that the
// stream has not come to yet.
#pragma once

#include <cstddef>
#include <mutex>

#include "nn/cuda/handles.h"

namespace tengen::nn {

class Uploads {
 public:
  // Queues the copy on `stream`, always the same one, of the current device. Thread-safe.
  void copy(void* to, const void* from, size_t bytes, cudaStream_t stream);

 private:
  struct Stage {
    PinnedMemory memory;
    Event sent;  // the last copy out of it
    size_t used = 0;
  };
  // With room for at least one byte.
  Stage& open_stage();

  std::mutex mutex_;  // guards all below
  Stage stages_[2];
  int turn_ = 0;
};

}  // namespace tengen::nn
