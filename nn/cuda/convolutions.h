// Convolutions of channels-last images by cuDNN's graph API. The plan of a shape is chosen at its
// first call, by the heuristics or by trying several, and kept.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "nn/device.h"

namespace tengen::nn {

struct ConvolutionOptions {
  bool tf32 = true;  // as ProductOptions::tf32
};

class Convolutions {
 public:
  // For the current device. An Error says where cuDNN was looked for if it cannot be opened.
  explicit Convolutions(const ConvolutionOptions& options = {});
  ~Convolutions();

  // As the functions of Device; weights are [kh,kw,C/groups,K].
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
