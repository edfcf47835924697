#include "nn/cuda/handles.h"

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {

Stream make_stream() {
  cudaStream_t stream;
  CUDA_CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  return Stream(stream);
}

Event make_event() {
  cudaEvent_t event;
  CUDA_CHECK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  return Event(event);
}

Event make_timing_event() {
  cudaEvent_t event;
  CUDA_CHECK(cudaEventCreateWithFlags(&event, cudaEventDefault));
  return Event(event);
}

float milliseconds_between(const Event& begin, const Event& end) {
  float milliseconds;
  CUDA_CHECK(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()));
  return milliseconds;
}

OnDevice::OnDevice(int device) {
  CUDA_CHECK(cudaGetDevice(&before_));
  CUDA_CHECK(cudaSetDevice(device));
}

OnDevice::~OnDevice() { static_cast<void>(cudaSetDevice(before_)); }

PinnedMemory::PinnedMemory(size_t bytes) : bytes_(bytes) {
  CUDA_CHECK(cudaHostAlloc(&data_, bytes, cudaHostAllocDefault));
}

PinnedMemory::~PinnedMemory() {
  if (data_) static_cast<void>(cudaFreeHost(data_));
}

}  // namespace tengen::nn
