// A convolution of a compiled plan in half precision, with all that may follow it in a network:
//
//   y      = relu?(conv(x, weight) + bias + row_bias + residual)
//   then_y = relu?(y * factor + term)
//
// Factors are fp16, sums fp32, results rounded to fp16 once. Two instances, between which a plan
// chooses by trying (infer plans keep the faster): cuDNN's, and Tengen's own kernel on the tensor
// cores.
#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <memory>
#include <string>
#include <vector>

#include "nn/device.h"

namespace tengen::nn {

// What is known when the plan is built; vectors lie on the host.
struct HalfConvolutionParts {
  Conv2dShape shape;
  std::vector<float> weight;  // [kh,kw,in/groups,out]
  std::vector<float> bias;    // [out]; empty: none
  bool has_row_bias = false, has_residual = false, relu = false;
  bool keeps_y = true;              // false: only then_y is wanted
  std::vector<float> factor, term;  // [out]; empty: there is no then_y
  bool then_relu = false;
};

// Device memory, fp16, aligned to 16 bytes. Null where the parts say there is none.
struct HalfConvolutionCall {
  const __half* x = nullptr;         // [n,H,W,in]
  const __half* row_bias = nullptr;  // [n,out]
  const __half* residual = nullptr;  // [n,OH,OW,out]
  __half* y = nullptr;               // [n,OH,OW,out]; not x, may be the residual
  __half* then_y = nullptr;
};

class HalfConvolution {
 public:
  virtual ~HalfConvolution() = default;
  virtual std::string name() const = 0;  // "cudnn engine 12", "own 64x96"
  // Queues it; allocates nothing, so that it can be captured into a graph. Runs share one
  // workspace: whoever uses several streams orders them.
  virtual void run(const HalfConvolutionCall& call, cudaStream_t stream) const = 0;
};

// Each for the current device; null where it does not know the shape.
// Tengen's own cuts the batch into tiles of 64, 128 or 256 pixels; 0: those estimated the fastest.
std::unique_ptr<HalfConvolution> make_own_half_convolution(const HalfConvolutionParts& parts,
                                                           int tile_pixels = 0);
std::unique_ptr<HalfConvolution> make_cudnn_half_convolution(const HalfConvolutionParts& parts);

}  // namespace tengen::nn
