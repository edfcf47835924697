// Convolutions of stride 1 in bfloat16, directly: every tap is a product with the image's pixels,
// shifted, so that nothing is laid out but the pixels themselves.
//
// With AMX the multiplications of a direct convolution cost less than Winograd's transforms, and
// the error is that of rounding the factors, a fifth of Winograd's in bfloat16.
#pragma once

#include "nn/cpu/bf16_kernels.h"
#include "nn/device.h"

namespace tengen::nn {

bool bf16_conv_fits(const Conv2dShape& shape);

// As the functions of Device, on bf16_conv_fits shapes. Parallel over groups of images whose sizes
// depend on the shape alone.
void bf16_conv2d(const Bf16Kernels& kernels, const Conv2dShape& shape, const float* x,
                 const float* w, float* y);
void bf16_conv2d_grad_input(const Bf16Kernels& kernels, const Conv2dShape& shape, const float* dy,
                            const float* w, float* dx);
void bf16_conv2d_grad_weight(const Bf16Kernels& kernels, const Conv2dShape& shape, const float* x,
                             const float* dy, float* dw);

}  // namespace tengen::nn
