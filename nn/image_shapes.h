// The shapes of convolutions and pools of images, checked: what the operations hand to the device.
// Each throws CheckFailure that names what was expected and what came. `bias` may be null.
#pragma once

#include "nn/device.h"
#include "nn/ops.h"
#include "nn/tensor.h"

namespace tengen::nn {

// In the precision of products that is in force.
Conv2dShape conv2d_shape(const Shape& x, const Shape& weight, const Shape* bias,
                         const Conv2dOptions& options);
// The convolution whose gradient in x the transposed one is: from the result's shape to that of x.
Conv2dShape conv_transpose2d_shape(const Shape& x, const Shape& weight, const Shape* bias,
                                   const ConvTranspose2dOptions& options);
// `op` is named in the error.
Pool2dShape pool2d_shape(const char* op, const Shape& x, const Pool2dOptions& options);

}  // namespace tengen::nn
