// Convolutions of groups of channels: depthwise ones tap by tap over lines of pixels, others as
// one convolution after the other on copies of each group's channels.
#pragma once

#include "nn/cpu/kernels.h"
#include "nn/device.h"

namespace tengen::nn {

bool depthwise_fits(const Conv2dShape& shape);

// As the functions of Device, on depthwise_fits shapes.
void depthwise_conv2d(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                      const float* w, float* y);
void depthwise_grad_input(const Kernels& kernels, const Conv2dShape& shape, const float* dy,
                          const float* w, float* dx);
void depthwise_grad_weight(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                           const float* dy, float* dw);

// As the functions of Device, on shapes of several groups; `device` runs each.
void grouped_conv2d(Device& device, const Conv2dShape& shape, const float* x, const float* w,
                    float* y);
void grouped_grad_input(Device& device, const Conv2dShape& shape, const float* dy, const float* w,
                        float* dx);
void grouped_grad_weight(Device& device, const Conv2dShape& shape, const float* x, const float* dy,
                         float* dw);

}  // namespace tengen::nn
