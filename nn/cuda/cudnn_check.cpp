#include <string>

#include "nn/cuda/cudnn_library.h"

namespace tengen::nn {

void throw_cudnn_error(cudnnStatus_t status, const char* file, int line, const char* call) {
  const CudnnLibrary& cudnn = cudnn_library();
  char detail[1024] = "";
  cudnn.last_error_string(detail, sizeof(detail));
  std::string reason = cudnn.error_string(status);
  if (detail[0]) reason += std::string(": ") + detail;
  const std::string text = failed_call(file, line, call, reason);
  if (status == CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED ||
      status == CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED)
    throw OutOfDeviceMemory(text);
  throw_library_error(text);
}

}  // namespace tengen::nn
