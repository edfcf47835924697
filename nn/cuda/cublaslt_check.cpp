#include <string>

#include "nn/cuda/cublaslt_library.h"

namespace tengen::nn {

void throw_cublas_error(cublasStatus_t status, const char* file, int line, const char* call) {
  const CublasLtLibrary& lt = cublaslt_library();
  const std::string text =
      failed_call(file, line, call,
                  std::string(lt.status_string(status)) + " (" + lt.status_name(status) + ")");
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw OutOfDeviceMemory(text);
  throw_library_error(text);
}

}  // namespace tengen::nn
