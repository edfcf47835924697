#include "nn/cuda/cuda_device.h"

#include <map>

#include "nn/cuda/cuda_check.h"
#include "nn/cuda/gpus.h"

namespace tengen::nn {
namespace {

// A stream and what else a device's kernels need to know.
KernelTarget target_of(int device, cudaStream_t stream) {
  KernelTarget target{.device = device, .stream = stream};
  CUDA_CHECK(cudaDeviceGetAttribute(&target.processors, cudaDevAttrMultiProcessorCount, device));
  return target;
}

int checked(int index) {
  const std::string reason = why_no_gpu(index);
  if (!reason.empty()) throw CudaError(reason);
  return index;
}

Stream stream_on(int device) {
  const OnDevice on(device);
  return make_stream();
}

}  // namespace

CudaDevice::CudaDevice(int index, const CudaDeviceOptions& options)
    : options_(options),
      memory_(checked(index)),
      stream_(stream_on(index)),
      target_(target_of(index, stream_.get())) {}

std::string CudaDevice::name() const {
  cudaDeviceProp properties;
  CUDA_CHECK(cudaGetDeviceProperties(&properties, index()));
  return "cuda:" + std::to_string(index()) + " " + properties.name;
}

void CudaDevice::synchronize() { CUDA_CHECK(cudaStreamSynchronize(stream())); }

void CudaDevice::copy_from_host(void* to, const void* from, size_t bytes) {
  const OnDevice on(index());
  uploads_.copy(to, from, bytes, stream());
}

void CudaDevice::copy_to_host(void* to, const void* from, size_t bytes) {
  if (bytes == 0) return;
  CUDA_CHECK(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream()));
  synchronize();
}

CudaDevice& cuda_device(int index) {
  // Never unmade: at the process's end CUDA may be gone before it.
  static std::mutex& mutex = *new std::mutex;
  static auto& devices = *new std::map<int, CudaDevice*>;
  const std::lock_guard lock(mutex);
  CudaDevice*& device = devices[index];
  if (!device) device = new CudaDevice(index);
  return *device;
}

}  // namespace tengen::nn
