// Convolutions as products of patches (im2col): of any shape, for where cuDNN has no plan.
#pragma once

#include "nn/cuda/products.h"
#include "nn/cuda/stream_memory.h"
#include "nn/device.h"

namespace tengen::nn {

class PatchConvolution {
 public:
  // Both outlive it.
  PatchConvolution(Products& products, StreamMemory& memory)
      : products_(products), memory_(memory) {}

  // As the functions of Device.
  void forward(const Conv2dShape& shape, const float* x, const float* w, float* y,
               cudaStream_t stream);
  void grad_input(const Conv2dShape& shape, const float* dy, const float* w, float* dx,
                  cudaStream_t stream);
  void grad_weight(const Conv2dShape& shape, const float* x, const float* dy, float* dw,
                   cudaStream_t stream);

 private:
  Products& products_;
  StreamMemory& memory_;
};

}  // namespace tengen::nn
