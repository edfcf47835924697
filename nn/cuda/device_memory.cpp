#include "nn/cuda/device_memory.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "nn/base/block_pool.h"
#include "nn/cpu/buffer_pool.h"
#include "nn/cuda/cuda_check.h"
#include "nn/cuda/handles.h"

namespace tengen::nn {
namespace {

std::string in_mib(size_t bytes) { return std::to_string((bytes + (1 << 19)) >> 20) + " MiB"; }

}  // namespace

struct DeviceMemory::Shelves {
  explicit Shelves(int device) : device(device) {}
  ~Shelves() { release_idle(); }

  void* take(size_t size) {
    const std::lock_guard lock(mutex);
    std::vector<void*>& shelf = idle[size];
    if (!shelf.empty()) {
      void* const block = shelf.back();
      shelf.pop_back();
      idle_bytes -= size;
      return block;
    }
    void* const block = fresh(size);
    held_bytes += size;
    return block;
  }

  void give(void* block, size_t size) {
    const std::lock_guard lock(mutex);
    idle[size].push_back(block);
    idle_bytes += size;
  }

  // Errors: the device is lost, which the next call that can report it does. cudaFree waits for
  // the kernels that still use the memory.
  void release_idle() {
    for (auto& [size, blocks] : idle) {
      for (void* block : blocks) static_cast<void>(cudaFree(block));
      held_bytes -= size * blocks.size();
      blocks.clear();
    }
    idle_bytes = 0;
  }

  mutable std::mutex mutex;  // guards all below
  std::map<size_t, std::vector<void*>> idle;
  size_t idle_bytes = 0, held_bytes = 0;

 private:
  void* fresh(size_t size) {
    const OnDevice on(device);
    void* block = nullptr;
    cudaError_t status = cudaMalloc(&block, size);
    if (status == cudaErrorMemoryAllocation) {
      static_cast<void>(cudaGetLastError());  // it is told here, or not at all
      release_idle();
      status = cudaMalloc(&block, size);
    }
    if (status == cudaErrorMemoryAllocation) throw_out_of_memory(size);
    check_cuda(status, __FILE__, __LINE__, "cudaMalloc(&block, size)");
    return block;
  }

  [[noreturn]] void throw_out_of_memory(size_t size) const {
    static_cast<void>(cudaGetLastError());
    size_t free = 0, total = 0;
    CUDA_CHECK(cudaMemGetInfo(&free, &total));
    throw OutOfDeviceMemory(failed_call(
        __FILE__, __LINE__, "cudaMalloc(&block, size)",
        "GPU " + std::to_string(device) + " is out of memory: asked for " + in_mib(size) +
            ", held here " + in_mib(held_bytes) + ", free " + in_mib(free) + " of " +
            in_mib(total) + "; use a smaller batch, or end other programs on this GPU"));
  }

  const int device;
};

DeviceMemory::DeviceMemory(int device) : shelves_(std::make_shared<Shelves>(device)) {}

std::shared_ptr<void> DeviceMemory::allocate(size_t bytes) {
  const size_t size = BufferPool::size_class(bytes);
  void* const block = shelves_->take(size);
  // The deleter holds the shelves: tensors of static lifetime may be freed after the device.
  return {block, [shelves = shelves_, size](void* freed) { shelves->give(freed, size); },
          BlockAllocator<char>()};
}

size_t DeviceMemory::held_bytes() const {
  const std::lock_guard lock(shelves_->mutex);
  return shelves_->held_bytes;
}

size_t DeviceMemory::idle_bytes() const {
  const std::lock_guard lock(shelves_->mutex);
  return shelves_->idle_bytes;
}

void DeviceMemory::release_idle() {
  const std::lock_guard lock(shelves_->mutex);
  shelves_->release_idle();
}

}  // namespace tengen::nn
