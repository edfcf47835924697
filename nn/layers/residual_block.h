// Two convolutions with batch norm around a shortcut (He et al. 2016, "Deep Residual Learning"):
// relu(x + bn2(conv2(relu(bn1(conv1(x)))))), [N,H,W,C] -> [N,H,W,C].
#pragma once

#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"

namespace tengen::nn {

class ResidualBlock : public Layer {
 public:
  ResidualBlock(int64_t channels, Rng& rng, int64_t kernel = 3);
  Var forward(const Var& x) override;

 private:
  int64_t channels_;
  Conv2d conv1_;
  BatchNorm norm1_;
  Conv2d conv2_;
  BatchNorm norm2_;
};

}  // namespace tengen::nn
