// 3x3, stride 1, padding 1 convolutions by Winograd: one group of images, and whole batches with
// their gradients in parallel.
#pragma once

#include "nn/cpu/kernels.h"
#include "nn/device.h"

namespace tengen::nn {

bool winograd_fits(const Conv2dShape& shape);

// Floats of memory that a group of shape.images images needs.
int64_t winograd_workspace(const WinogradShape& shape);
// y = epilogue(x * w) for up to shape.images images, with weights packed by winograd_weights.
void winograd_group(const Kernels& kernels, const WinogradShape& shape, int64_t images,
                    const float* u, const float* x, const Epilogue& epilogue, float* y,
                    float* workspace);

// As the functions of Device, on winograd_fits shapes. Parallel over groups of images whose sizes
// depend on the shape alone.
void winograd_conv2d(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                     const float* w, float* y);
void winograd_grad_input(const Kernels& kernels, const Conv2dShape& shape, const float* dy,
                         const float* w, float* dx);
void winograd_grad_weight(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                          const float* dy, float* dw);

}  // namespace tengen::nn
