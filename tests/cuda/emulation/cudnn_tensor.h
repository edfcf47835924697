// A tensor as the double of cuDNN understands it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/cuda/emulation/cudnn_descriptors.h"

namespace tengen::emulation {

struct CudnnTensorDouble {
  explicit CudnnTensorDouble(const Description& d)
      : number(d.value<int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID)),
        alignment(d.value<int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT)),
        type(d.value<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE)),
        is_virtual(d.has(CUDNN_ATTR_TENSOR_IS_VIRTUAL) &&
                   d.at(CUDNN_ATTR_TENSOR_IS_VIRTUAL).bytes.at(0) != 0) {
    const auto sizes = d.values<int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS);
    const auto steps = d.values<int64_t>(CUDNN_ATTR_TENSOR_STRIDES);
    require(sizes.size() == 4 && steps.size() == 4, "four axes and as many strides");
    for (size_t i = 0; i < 4; ++i) {
      require(sizes[i] > 0 && steps[i] > 0, "sizes and strides above zero");
      dims[i] = sizes[i];
      strides[i] = steps[i];
    }
  }
  int64_t n() const { return dims[0]; }
  int64_t c() const { return dims[1]; }
  int64_t h() const { return dims[2]; }
  int64_t w() const { return dims[3]; }
  int64_t at(int64_t n, int64_t c, int64_t h, int64_t w) const {
    return n * strides[0] + c * strides[1] + h * strides[2] + w * strides[3];
  }
  size_t extent() const {
    return static_cast<size_t>(at(dims[0] - 1, dims[1] - 1, dims[2] - 1, dims[3] - 1) + 1);
  }

  int64_t number, alignment;
  cudnnDataType_t type;
  bool is_virtual;
  std::array<int64_t, 4> dims, strides;
};

// What the three convolutions call image, filter and result.
struct CudnnConvolutionDouble {
  explicit CudnnConvolutionDouble(const Description& operation);
  bool fits() const;

  CudnnTensorDouble image, filter, result;
  std::vector<int64_t> padding, stride, dilation;
};

bool is_convolution(const Description& operation);
bool is_binary(cudnnPointwiseMode_t mode);

}  // namespace tengen::emulation
