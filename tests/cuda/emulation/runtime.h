// A GPU without a GPU: the functions of CUDA's runtime that Tengen calls, on the CPU.
//
// Streams are lazy: work waits in its queue until somebody synchronises, as late as a GPU might
// come to it, so that a missing wait or a buffer freed too early shows. Device memory begins as
// NaN, stands between guards, and the host may not touch it: that is a crash, as it would be with
// a GPU. Faults are set from outside.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <functional>
#include <type_traits>

namespace tengen::emulation {

struct Faults {
  int devices = 1;
  const char* gpu_name = "Emulated GPU";
  cudaError_t no_device = cudaSuccess;   // what cudaGetDeviceCount answers instead
  int compute_major = 9;                 // compute capability
  size_t most_shared_bytes = 227 << 10;  // of a block
  size_t memory_limit = size_t{1} << 30;
  cudaError_t lost = cudaSuccess;  // what every call answers once it is set
};
Faults& faults();

// Queues work on a stream, or adds it to the graph that the stream is capturing.
cudaError_t queue(cudaStream_t stream, std::function<void()> work);

void allow_shared(const void* kernel, size_t bytes);
// What a GPU would refuse is a CheckFailure.
void check_launch(const void* kernel, dim3 grid, dim3 block, size_t shared_bytes);

// A kernel's pointers lead to device memory or pinned host memory, or nowhere.
void check_pointer(const void* pointer);
template <class T>
void check_argument(const T& argument) {
  if constexpr (std::is_pointer_v<T>) check_pointer(argument);
}

// Opens device memory to this thread while it lives, for doubles of libraries' functions.
class DeviceTime {
 public:
  DeviceTime();
  ~DeviceTime();
};

size_t allocated_bytes();  // of device memory
size_t launches();         // of kernels and graphs so far, as the host called for them

}  // namespace tengen::emulation
