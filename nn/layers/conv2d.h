// Convolution of images: [N,H,W,in] -> [N,H',W',out].
#pragma once

#include <optional>

#include "nn/base/rng.h"
#include "nn/layers/module.h"

namespace tengen::nn {

struct Conv2dLayerOptions {
  int64_t stride = 1;
  std::optional<int64_t> padding = std::nullopt;  // nothing: half the kernel, which keeps H and W
  bool bias = true;                               // needless before a batch norm
};

class Conv2d : public Layer {
 public:
  // `kernel` is odd unless a padding is given.
  Conv2d(int64_t in, int64_t out, int64_t kernel, Rng& rng, const Conv2dLayerOptions& options = {});
  Var forward(const Var& x) override;

 private:
  int64_t stride_, padding_;
  Var weight_;  // [kernel,kernel,in,out], He
  Var bias_;    // [out], zero; empty if there is none
};

}  // namespace tengen::nn
