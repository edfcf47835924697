// cuBLASLt without a GPU: the functions that Tengen calls, as NVIDIA documents them, in plain loops
// on the emulated stream. What the library would refuse is refused, and so is what it would take
// and do wrong: an algorithm used for other matrices than it was chosen for.
#pragma once

#include <cublas_api.h>

namespace tengen::emulation {

struct CublasLtDouble {
  int heuristics = 0;                             // questions so far
  bool knows_bfloat16 = true;                     // has algorithms for such factors
  cublasStatus_t status = CUBLAS_STATUS_SUCCESS;  // what a product answers
};
CublasLtDouble& cublaslt_double();

}  // namespace tengen::emulation
