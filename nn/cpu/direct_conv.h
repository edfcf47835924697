// Convolutions of images of few channels (a grey or a colour picture), whose patches would be
// mostly copies: the taps are read from planes, one channel each, with a border of zeros.
#pragma once

#include "nn/cpu/image_pieces.h"
#include "nn/cpu/kernels.h"
#include "nn/device.h"

namespace tengen::nn {

bool direct_fits(const Kernels& kernels, const Conv2dShape& shape);

// As the functions of Device, on direct_fits shapes.
void direct_conv2d(const Kernels& kernels, const Conv2dShape& shape, const float* x, const float* w,
                   const ImageSink& sink);
// With weights that pack_columns packed, [kernel_h * kernel_w * in, out].
void direct_conv2d_packed(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                          const float* packed, const ImageSink& sink);
void direct_grad_weight(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                        const ImageSource& source, float* dw);

}  // namespace tengen::nn
