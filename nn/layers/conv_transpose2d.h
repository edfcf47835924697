// Transposed convolution of images, which enlarges them where the stride is above 1:
// [N,H,W,in] -> [N,H',W',out]; sizes as conv_transpose2d in ops.h says.
#pragma once

#include "nn/base/rng.h"
#include "nn/layers/module.h"
#include "nn/ops.h"

namespace tengen::nn {

struct ConvTranspose2dLayerOptions {
  PerAxis stride = 1;
  PerAxis padding = 0;
  PerAxis output_padding = 0;
  bool bias = true;
  PerAxis dilation = 1;
  int64_t groups = 1;
};

class ConvTranspose2d : public Layer {
 public:
  ConvTranspose2d(int64_t in, int64_t out, PerAxis kernel, Rng& rng,
                  const ConvTranspose2dLayerOptions& options = {});
  Var forward(const Var& x) override;

 private:
  int64_t in_;
  ConvTranspose2dOptions options_;
  Var weight_;  // [kernel.h,kernel.w,out/groups,in], He by the inputs that meet in one output
  Var bias_;    // [out], zero; empty if there is none
};

}  // namespace tengen::nn
