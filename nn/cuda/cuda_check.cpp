#include "nn/cuda/cuda_check.h"

namespace tengen::nn {
namespace {

// After these the context is gone: every later call of the process answers the same (CUDA Runtime
// API, "Error handling").
bool is_lost(cudaError_t status) {
  switch (status) {
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorAssert:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorDevicesUnavailable:
    case cudaErrorContained:
    case cudaErrorExternalDevice:
    case cudaErrorUnknown:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string failed_call(const char* file, int line, const char* call, const std::string& reason) {
  return std::string(file) + ":" + std::to_string(line) + ": " + call + ": " + reason;
}

void throw_cuda_error(cudaError_t status, const char* file, int line, const char* call) {
  const std::string text =
      failed_call(file, line, call,
                  std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")");
  if (status == cudaErrorMemoryAllocation) throw OutOfDeviceMemory(text);
  if (is_lost(status)) throw DeviceLost(text);
  throw CudaError(text);
}

// The libraries have one word for every failed launch; the device itself knows whether it is lost.
void throw_library_error(const std::string& text) {
  const cudaError_t status = cudaDeviceSynchronize();
  if (is_lost(status))
    throw DeviceLost(text + ", and the device: " + cudaGetErrorString(status) + " (" +
                     cudaGetErrorName(status) + ")");
  throw CudaError(text);
}

}  // namespace tengen::nn
