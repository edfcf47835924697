// The status of every call into CUDA and its libraries, checked: an Error names file, line, call
// and the library's own reason.
#pragma once

#include <cuda_runtime_api.h>

#include <string>

#include "nn/base/check.h"

namespace tengen::nn {

class CudaError : public Error {
 public:
  using Error::Error;
};

// There is not enough memory on the device: with a smaller batch there may be.
class OutOfDeviceMemory : public CudaError {
 public:
  using CudaError::CudaError;
};

// The device answers no more in this process: what it held is lost, and only a new process may
// find it again.
class DeviceLost : public CudaError {
 public:
  using CudaError::CudaError;
};

// "nn/cuda/stream.cpp:12: cudaStreamCreate(&stream): out of memory (cudaErrorMemoryAllocation)"
std::string failed_call(const char* file, int line, const char* call, const std::string& reason);

[[noreturn]] void throw_cuda_error(cudaError_t status, const char* file, int line,
                                   const char* call);

// For what a library of CUDA's reports: DeviceLost if the device answers no more, else CudaError.
[[noreturn]] void throw_library_error(const std::string& text);

inline void check_cuda(cudaError_t status, const char* file, int line, const char* call) {
  if (status != cudaSuccess) throw_cuda_error(status, file, line, call);
}

}  // namespace tengen::nn

#define CUDA_CHECK(...) ::tengen::nn::check_cuda((__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)
