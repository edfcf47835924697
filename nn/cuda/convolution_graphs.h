// The graphs that Convolutions asks cuDNN for, and their names.
#pragma once

#include <cstdint>
#include <string>

#include "nn/cuda/cudnn_graph.h"

namespace tengen::nn {

// Tensors of memory in every graph here; what is computed is one of them.
constexpr int64_t kImageTensor = 1, kFilterTensor = 2, kResultTensor = 3;

CudnnTensor image_tensor(const Conv2dShape& shape, cudnnDataType_t type);
CudnnTensor filter_tensor(const Conv2dShape& shape, cudnnDataType_t type);
CudnnTensor result_tensor(const Conv2dShape& shape, cudnnDataType_t type);

// All in float32. `alignment`: bytes that divide the addresses of image and result.
CudnnGraph float_graph(ConvolutionPart part, const Conv2dShape& shape, int64_t alignment);
// Factors in bfloat16, what is computed in float32.
CudnnGraph bfloat16_graph(ConvolutionPart part, const Conv2dShape& shape, int64_t alignment);

// "n 64 image 9 9 96 out 96 kernel 3 3 stride 1 1 padding 1 1 dilation 1 1 groups 1"
std::string text_of(const Conv2dShape& shape);

}  // namespace tengen::nn
