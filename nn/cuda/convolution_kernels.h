// What convolutions need beside cuDNN.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime_api.h>

#include <cstdint>

#include "nn/device.h"

namespace tengen::nn {

// x [rows, columns] -> y [columns, rows]. Weights [kh,kw,C,K] become cuDNN's [K,kh,kw,C] so, and
// their gradients come back.
void transpose(int64_t rows, int64_t columns, const float* x, float* y, cudaStream_t stream);
void transpose(int64_t rows, int64_t columns, const float* x, __nv_bfloat16* y,
               cudaStream_t stream);

// What the windows of x see, zero beyond its edge: [n * OH * OW, groups, kh * kw * C / groups].
void make_patches(const Conv2dShape& shape, const float* x, float* patches, cudaStream_t stream);
// The sum of what all windows say about each element of x, in a fixed order.
void sum_patches(const Conv2dShape& shape, const float* patches, float* x, cudaStream_t stream);

}  // namespace tengen::nn
