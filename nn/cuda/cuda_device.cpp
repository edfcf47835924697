#include "nn/cuda/cuda_device.h"

#include <map>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

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

std::string why_no_gpu(int index) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  static_cast<void>(cudaGetLastError());
  if (status == cudaErrorInsufficientDriver) {
    int driver = 0, runtime = 0;
    static_cast<void>(cudaDriverGetVersion(&driver));
    static_cast<void>(cudaRuntimeGetVersion(&runtime));
    return "the driver knows CUDA " + version_text(driver) + ", this program needs " +
           version_text(runtime) + ": a newer driver is needed";
  }
  if (status != cudaSuccess)
    return std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")";
  if (index < 0 || index >= count)
    return "there is no GPU " + std::to_string(index) + " among " + std::to_string(count);
  return "";
}

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
