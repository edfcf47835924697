// Convolution of images: [N,H,W,in] -> [N,H',W',out]; sizes as conv2d in ops.h says.
#pragma once

#include <optional>

#include "nn/base/rng.h"
#include "nn/layers/module.h"
#include "nn/ops.h"

namespace tengen::nn {

struct Conv2dLayerOptions {
  PerAxis stride = 1;
  std::optional<PerAxis> padding = std::nullopt;  // nothing: keeps H and W where the stride is 1
  bool bias = true;                               // needless before a batch norm
  PerAxis dilation = 1;
  int64_t groups = 1;
};

class Conv2d : public Layer {
 public:
  // `kernel` is odd unless a padding is given.
  Conv2d(int64_t in, int64_t out, PerAxis kernel, Rng& rng, const Conv2dLayerOptions& options = {});
  Var forward(const Var& x) override;
  // max_pool2d(relu(forward(x))); in training in fewer passes over memory.
  Var forward_relu_max_pool(const Var& x, const Pool2dOptions& pool);

 private:
  int64_t in_;
  Conv2dOptions options_;
  Var weight_;  // [kernel.h,kernel.w,in/groups,out], He
  Var bias_;    // [out], zero; empty if there is none
};

}  // namespace tengen::nn
