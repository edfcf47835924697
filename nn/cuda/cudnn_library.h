// The functions of cuDNN's graph API, from a library that is opened at the first use, and the check
// of their status.
#pragma once

#include <cudnn_graph.h>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {

struct CudnnLibrary {
  decltype(&cudnnGetVersion) version;
  decltype(&cudnnGetErrorString) error_string;
  decltype(&cudnnGetLastErrorString) last_error_string;
  decltype(&cudnnCreate) create;
  decltype(&cudnnDestroy) destroy;
  decltype(&cudnnSetStream) set_stream;
  decltype(&cudnnBackendCreateDescriptor) create_descriptor;
  decltype(&cudnnBackendDestroyDescriptor) destroy_descriptor;
  decltype(&cudnnBackendFinalize) finalize;
  decltype(&cudnnBackendSetAttribute) set_attribute;
  decltype(&cudnnBackendGetAttribute) get_attribute;
  decltype(&cudnnBackendExecute) execute;
};

// Opens the library at the first call; an Error says where it was looked for.
const CudnnLibrary& cudnn_library();

[[noreturn]] void throw_cudnn_error(cudnnStatus_t status, const char* file, int line,
                                    const char* call);

inline void check_cudnn(cudnnStatus_t status, const char* file, int line, const char* call) {
  if (status != CUDNN_STATUS_SUCCESS) throw_cudnn_error(status, file, line, call);
}

}  // namespace tengen::nn

#define CUDNN_CHECK(...) ::tengen::nn::check_cudnn((__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)
