// Max pooling of one image, alone or as the end of a convolution.
#pragma once

#include "nn/cpu/kernels.h"
#include "nn/device.h"

namespace tengen::nn {

// Whether max_pool_image knows windows of this size.
bool few_taps(const Pool2dShape& shape);
// x [height,width,channels] -> y [out_height(),out_width(),channels]: the maxima or, with a bias
// [channels], max(0, maximum + bias). `tap` as in Device::max_pool.
void max_pool_image(const Kernels& kernels, const Pool2dShape& shape, const float* x,
                    const float* bias, float* y, int32_t* tap);

}  // namespace tengen::nn
