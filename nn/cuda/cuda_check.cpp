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

}  // namespace tengen::nn
