// 3x3 and 5x5 convolutions of stride 1 by Winograd: one group of images, and whole batches with
// their gradients in parallel.
#pragma once

#include "nn/cpu/image_pieces.h"
#include "nn/cpu/kernels.h"
#include "nn/device.h"

namespace tengen::nn {

bool winograd_fits(const Conv2dShape& shape);
WinogradShape winograd_shape(const Conv2dShape& shape, int64_t lanes, int64_t max_images,
                             int64_t wanted_rows);

// Floats of memory that a group of shape.images images needs.
int64_t winograd_workspace(const WinogradShape& shape);
// y = epilogue(x * w) for up to shape.images images, with weights packed by winograd_weights.
void winograd_group(const Kernels& kernels, const WinogradShape& shape, int64_t images,
                    const float* u, const float* x, const Epilogue& epilogue, float* y,
                    float* workspace);

// All of `count` images, s.images at a time, in parallel over such groups.
void winograd_images(const Kernels& kernels, const WinogradShape& s, int64_t count, const float* u,
                     const float* x, const ImageSink& sink);

// As the functions of Device, on winograd_fits shapes. Parallel over groups of images whose sizes
// depend on the shape alone. Of the gradients, dx or dw may be null, and so may then w or x.
void winograd_conv2d(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                     const float* w, const ImageSink& sink);
void winograd_grad(const Kernels& kernels, const Conv2dShape& shape, const float* x, const float* w,
                   const ImageSource& source, float* dx, float* dw);

}  // namespace tengen::nn
