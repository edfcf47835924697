// CUDA's streams, events, graphs and pinned memory as objects that free themselves.
//
// Each belongs to the device that was current when it was made (OnDevice).
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <utility>

namespace tengen::nn {

// A handle of CUDA's, freed at the end; moves, does not copy.
template <class Handle, cudaError_t (*Destroy)(Handle)>
class CudaHandle {
 public:
  CudaHandle() = default;
  explicit CudaHandle(Handle handle) : handle_(handle) {}
  ~CudaHandle() { reset(); }
  CudaHandle(CudaHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  CudaHandle& operator=(CudaHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }

  Handle get() const { return handle_; }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  // What fails here fails because the device is lost, which the next call reports.
  void reset() {
    if (handle_) static_cast<void>(Destroy(handle_));
    handle_ = nullptr;
  }
  Handle handle_ = nullptr;
};

using Stream = CudaHandle<cudaStream_t, cudaStreamDestroy>;
using Event = CudaHandle<cudaEvent_t, cudaEventDestroy>;
using CapturedGraph = CudaHandle<cudaGraph_t, cudaGraphDestroy>;
using ExecutableGraph = CudaHandle<cudaGraphExec_t, cudaGraphExecDestroy>;

Stream make_stream();       // one that does not wait for the default stream
Event make_event();         // to order streams and wait for; keeps no time
Event make_timing_event();  // to measure with, by milliseconds_between

// Of what ran between two recorded events, both complete.
float milliseconds_between(const Event& begin, const Event& end);

// Makes a device the current one of this thread, and the one before current again at the end.
class OnDevice {
 public:
  explicit OnDevice(int device);
  ~OnDevice();
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

 private:
  int before_;
};

// Page-locked host memory, which a device reads and writes while the host goes on.
class PinnedMemory {
 public:
  PinnedMemory() = default;
  explicit PinnedMemory(size_t bytes);
  ~PinnedMemory();
  PinnedMemory(PinnedMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  PinnedMemory& operator=(PinnedMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }
  size_t bytes() const { return bytes_; }

 private:
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace tengen::nn
