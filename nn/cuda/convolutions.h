// Convolutions of channels-last images by cuDNN's graph API. The plan of a shape is chosen at its
// first call, by trying those that cuDNN proposes, and kept; a file remembers it for the next start
// (plan_choices.h).
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "nn/device.h"

namespace tengen::nn {

struct ConvolutionOptions {
  bool tf32 = true;    // as ProductOptions::tf32
  int most_tried = 8;  // plans of a shape; 1: the first that cuDNN names
};

class Convolutions {
 public:
  // For the current device. An Error says where cuDNN was looked for if it cannot be opened.
  explicit Convolutions(const ConvolutionOptions& options = {});
  ~Convolutions();

  // As the functions of Device; weights are [kh,kw,C/groups,K]. From any thread. The first call of
  // a shape waits for the stream, and may allocate: a stream that is captured into a graph has seen
  // the shape before.
  void forward(const Conv2dShape& shape, const float* x, const float* w, float* y,
               cudaStream_t stream);
  void grad_input(const Conv2dShape& shape, const float* dy, const float* w, float* dx,
                  cudaStream_t stream);
  void grad_weight(const Conv2dShape& shape, const float* x, const float* dy, float* dw,
                   cudaStream_t stream);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tengen::nn
