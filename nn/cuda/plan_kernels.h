// The small kernels of compiled plans, between convolutions and around them.
//
// fp16 values are [rows, stride]: the last axis of the value, padded with zeros to a multiple of
// eight, so that every row begins at 16 bytes. fp32 values are dense, as everywhere.
#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstdint>

#include "nn/device.h"
#include "nn/tensor_math.h"

namespace tengen::nn {

constexpr int64_t padded_to_eight(int64_t columns) { return (columns + 7) / 8 * 8; }

// x [rows, columns] -> y [rows, stride], factor [columns] (null: 1) times x.
void floats_to_halves(int64_t rows, int64_t columns, const float* x, const float* factor,
                      int64_t stride, __half* y, cudaStream_t stream);
void halves_to_floats(int64_t rows, int64_t columns, int64_t stride, const __half* x, float* y,
                      cudaStream_t stream);

// y = relu?(x * factor + term), [rows, columns]; factor and term [columns], computed in fp32.
void scale_columns(int64_t rows, int64_t columns, const float* x, const float* factor,
                   const float* term, bool relu, float* y, cudaStream_t stream);
void scale_columns(int64_t rows, int64_t columns, const __half* x, const float* factor,
                   const float* term, bool relu, __half* y, cudaStream_t stream);

// What follows a product y [images * points, columns] in place; null where there is none:
// y = relu?(y + bias + row_factor * row_bias[image] + residual).
struct ProductFinish {
  int64_t images = 0, points = 1, columns = 0;
  const float* bias = nullptr;        // [columns]
  const float* row_factor = nullptr;  // [columns]
  const float* row_bias = nullptr;    // [images, columns]
  const float* residual = nullptr;    // as y
  bool relu = false;
};
void finish_product(const ProductFinish& finish, float* y, cudaStream_t stream);

// As Device::binary, for a [outer, axis, inner] and b [outer, inner], and a rectifier behind it.
void meet(Binary op, const Broadcast& way, const float* a, const float* b, bool relu, float* y,
          cudaStream_t stream);

// x [outer, axis, inner] -> y [outer, inner] over the middle: the mean, or for kMaximum the
// maximum. Of halves, x is [outer, axis, stride].
void pool_images(Binary op, const Broadcast& way, const float* x, float* y, cudaStream_t stream);
void pool_images(Binary op, const Broadcast& way, const __half* x, int64_t stride, float* y,
                 cudaStream_t stream);

// logits [rows, moves] -> y: log-probabilities of the softmax over the moves whose bit is set in
// legal [rows, moves / 32, rounded up], from the lowest bit on; -infinity for the others.
void legal_log_softmax(int64_t rows, int64_t moves, const float* logits, const uint32_t* legal,
                       float* y, cudaStream_t stream);

}  // namespace tengen::nn
