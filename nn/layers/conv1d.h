// Convolution of sequences: [N,T,in] -> [N,T',out], as a convolution of images of width one.
#pragma once

#include <optional>

#include "nn/base/rng.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/module.h"

namespace tengen::nn {

struct Conv1dLayerOptions {
  int64_t stride = 1;
  std::optional<int64_t> padding = std::nullopt;  // nothing: keeps T where the stride is 1
  bool bias = true;
  int64_t dilation = 1;
  int64_t groups = 1;
};

class Conv1d : public Layer {
 public:
  // `kernel` is odd unless a padding is given.
  Conv1d(int64_t in, int64_t out, int64_t kernel, Rng& rng, const Conv1dLayerOptions& options = {});
  Var forward(const Var& x) override;

 private:
  int64_t in_;
  Conv2dOptions options_;
  Var weight_;  // [kernel,1,in/groups,out], He
  Var bias_;    // [out], zero; empty if there is none
};

}  // namespace tengen::nn
