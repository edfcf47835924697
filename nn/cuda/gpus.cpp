#include "nn/cuda/gpus.h"

#include <cuda_runtime_api.h>
#include <cudnn_version.h>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {
namespace {

// "13.0", from CUDA's 13000.
std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string toolkit() {
  return "CUDA " + version_text(CUDART_VERSION) + ", cuDNN " + std::to_string(CUDNN_MAJOR) + "." +
         std::to_string(CUDNN_MINOR);
}

std::string why_none(cudaError_t status) {
  int driver = 0;
  static_cast<void>(cudaDriverGetVersion(&driver));
  if (status == cudaErrorInsufficientDriver && driver == 0) return "there is no NVIDIA driver";
  if (status == cudaErrorInsufficientDriver)
    return "the driver is made for CUDA " + version_text(driver) + ", older than this program's " +
           version_text(CUDART_VERSION) + "; a newer driver is needed";
  if (status == cudaErrorNoDevice || status == cudaSuccess) return "no GPU was found";
  return std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")";
}

}  // namespace

GpuStatus find_gpus() {
  GpuStatus found;
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess || count == 0) {
    static_cast<void>(cudaGetLastError());  // so that the next call does not report it again
    found.text = toolkit() + ": " + why_none(status);
    return found;
  }
  found.text = toolkit() + ":";
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp properties;
    CUDA_CHECK(cudaGetDeviceProperties(&properties, i));
    found.names.push_back(properties.name);
    found.text += (i > 0 ? ", " : " ") + found.names.back() + " (" +
                  std::to_string(properties.totalGlobalMem >> 30) + " GiB)";
  }
  return found;
}

std::string why_no_gpu(int index) {
  const GpuStatus found = find_gpus();
  const int count = static_cast<int>(found.names.size());
  if (count == 0) return found.text;
  if (0 <= index && index < count) return "";
  return "there is no cuda:" + std::to_string(index) +
         "; the last is cuda:" + std::to_string(count - 1);
}

}  // namespace tengen::nn
