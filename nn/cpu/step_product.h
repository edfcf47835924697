// The product of every step of a recurrent layer: one matrix, packed once, times few rows at a
// time, many times, in the precision of the layer.
#pragma once

#include <optional>

#include "nn/cpu/bf16_gemm.h"
#include "nn/cpu/kernels.h"
#include "nn/cpu/scratch.h"
#include "nn/device.h"

namespace tengen::nn {

class StepProduct {
 public:
  // op(B) [k, n], as in GemmShape.
  StepProduct(const Kernels& kernels, Precision precision, int64_t k, int64_t n, const float* b,
              int64_t ldb, bool transpose);

  // c [rows, n] (+)= a [rows, k] op(B), both dense; on any thread.
  void multiply(int64_t rows, const float* a, float* c, bool accumulate) const;

 private:
  bool in_bfloat16() const { return bf16_.has_value(); }

  const Kernels& kernels_;
  int64_t k_, n_;
  int64_t columns_;  // of a chunk
  int64_t chunk_floats_;
  Scratch packed_;
  std::optional<Bf16Matrix> bf16_;
};

}  // namespace tengen::nn
