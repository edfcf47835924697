// Matrix product of any shape on packed panels: the loops around the kernels.
#pragma once

#include "nn/cpu/kernels.h"
#include "nn/device.h"

namespace tengen::nn {

// As Device::gemm. Parallel; the order in which each number is summed depends on the shape alone.
void fast_gemm(const Kernels& kernels, const GemmShape& shape, const float* a, const float* b,
               float* c);

// Floats that `n` columns of depth `k` take once packed.
int64_t packed_columns(const Kernels& kernels, int64_t k, int64_t n);

}  // namespace tengen::nn
