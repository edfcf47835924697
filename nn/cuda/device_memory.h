// Device memory, kept for the next request of its size class once it is freed.
//
// cudaMalloc and cudaFree wait for the device, so that a training step must do without them. All
// memory of a pool is used on one stream: what is freed while kernels still read it may be handed
// out again at once, for the new owner's kernels come later in the same stream.
#pragma once

#include <cstddef>
#include <memory>

namespace tengen::nn {

class DeviceMemory {
 public:
  explicit DeviceMemory(int device);

  // At least `bytes` bytes, aligned to 256, with any content. Thread-safe; may be freed on any
  // thread and may outlive the pool. Where CUDA has no more, idle memory goes back to it first;
  // then OutOfDeviceMemory says how much was asked for, is held and is free.
  std::shared_ptr<void> allocate(size_t bytes);

  size_t held_bytes() const;  // taken from CUDA, in use or idle
  size_t idle_bytes() const;
  // Idle memory back to CUDA, for other users of the device.
  void release_idle();

 private:
  struct Shelves;
  std::shared_ptr<Shelves> shelves_;
};

}  // namespace tengen::nn
