// relu(batch_norm(convolution)): [N,H,W,in] -> [N,H',W',out], what convolutional networks have been
// strung together from since batch norm (Ioffe and Szegedy 2015, section 3.2).
#pragma once

#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"

namespace tengen::nn {

class ConvNormRelu : public Layer {
 public:
  // The convolution has no bias, whatever the options say: the norm adds one.
  ConvNormRelu(int64_t in, int64_t out, PerAxis kernel, Rng& rng,
               const Conv2dLayerOptions& options = {});
  Var forward(const Var& x) override;

 private:
  Conv2d conv_;
  BatchNorm norm_;
};

}  // namespace tengen::nn
