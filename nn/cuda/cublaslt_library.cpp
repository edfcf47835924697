// Not part of tests/cuda, which brings a cublaslt_library() of its own.
#include "nn/cuda/cublaslt_library.h"

#include <string>

#include "nn/cuda/shared_library.h"

namespace tengen::nn {
namespace {

CublasLtLibrary open_library() {
  const std::string major = std::to_string(CUBLAS_VER_MAJOR);
  const SharedLibrary from({.what = "cuBLASLt",
                            .names = {"libcublasLt.so." + major},
                            .folders = {TENGEN_CUDA_LIBRARIES},
                            .remedy = "install the libraries of CUDA " + major +
                                      " or name their folder in LD_LIBRARY_PATH"});
  CublasLtLibrary to;
  from.load(to.create, "cublasLtCreate");
  from.load(to.destroy, "cublasLtDestroy");
  from.load(to.status_name, "cublasLtGetStatusName");
  from.load(to.status_string, "cublasLtGetStatusString");
  from.load(to.desc_create, "cublasLtMatmulDescCreate");
  from.load(to.desc_destroy, "cublasLtMatmulDescDestroy");
  from.load(to.desc_set, "cublasLtMatmulDescSetAttribute");
  from.load(to.layout_create, "cublasLtMatrixLayoutCreate");
  from.load(to.layout_destroy, "cublasLtMatrixLayoutDestroy");
  from.load(to.layout_set, "cublasLtMatrixLayoutSetAttribute");
  from.load(to.preference_create, "cublasLtMatmulPreferenceCreate");
  from.load(to.preference_destroy, "cublasLtMatmulPreferenceDestroy");
  from.load(to.preference_set, "cublasLtMatmulPreferenceSetAttribute");
  from.load(to.get_heuristic, "cublasLtMatmulAlgoGetHeuristic");
  from.load(to.matmul, "cublasLtMatmul");
  return to;
}

}  // namespace

const CublasLtLibrary& cublaslt_library() {
  static const CublasLtLibrary library = open_library();
  return library;
}

}  // namespace tengen::nn
