// Convolutions of any kernel, stride and padding as products with the images' patches laid out
// as rows, [images * out_height * out_width, kernel_h * kernel_w * in]; 1x1 needs no patches.
#pragma once

#include "nn/cpu/kernels.h"
#include "nn/device.h"

namespace tengen::nn {

// As the functions of Device.
void im2col_conv2d(const Kernels& kernels, const Conv2dShape& shape, const float* x, const float* w,
                   float* y);
void im2col_grad_input(const Kernels& kernels, const Conv2dShape& shape, const float* dy,
                       const float* w, float* dx);
void im2col_grad_weight(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                        const float* dy, float* dw);

// The patches of one image, `patches` as above. Adding is the adjoint: image += patches.
void image_to_patches(const Conv2dShape& shape, const float* image, float* patches);
void add_patches_to_image(const Conv2dShape& shape, const float* patches, float* image);

}  // namespace tengen::nn
