// cuBLASLt's functions, from a library that is opened at the first use, and the check of their
// status.
#pragma once

#include <cublasLt.h>

#include <memory>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {

struct CublasLtLibrary {
  decltype(&cublasLtCreate) create;
  decltype(&cublasLtDestroy) destroy;
  decltype(&cublasLtGetStatusName) status_name;
  decltype(&cublasLtGetStatusString) status_string;
  decltype(&cublasLtMatmulDescCreate) desc_create;
  decltype(&cublasLtMatmulDescDestroy) desc_destroy;
  decltype(&cublasLtMatmulDescSetAttribute) desc_set;
  decltype(&cublasLtMatrixLayoutCreate) layout_create;
  decltype(&cublasLtMatrixLayoutDestroy) layout_destroy;
  decltype(&cublasLtMatrixLayoutSetAttribute) layout_set;
  decltype(&cublasLtMatmulPreferenceCreate) preference_create;
  decltype(&cublasLtMatmulPreferenceDestroy) preference_destroy;
  decltype(&cublasLtMatmulPreferenceSetAttribute) preference_set;
  decltype(&cublasLtMatmulAlgoGetHeuristic) get_heuristic;
  decltype(&cublasLtMatmul) matmul;
};

// Opens the library at the first call; an Error says where it was looked for.
const CublasLtLibrary& cublaslt_library();

[[noreturn]] void throw_cublas_error(cublasStatus_t status, const char* file, int line,
                                     const char* call);

inline void check_cublas(cublasStatus_t status, const char* file, int line, const char* call) {
  if (status != CUBLAS_STATUS_SUCCESS) throw_cublas_error(status, file, line, call);
}

}  // namespace tengen::nn

#define CUBLAS_CHECK(...) \
  ::tengen::nn::check_cublas((__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)
