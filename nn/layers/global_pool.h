// The whole image in one row: [N,H,W,C] -> [N,2C], the mean of each channel, then its maximum.
#pragma once

#include "nn/layers/module.h"

namespace tengen::nn {

class GlobalPool : public Layer {
 public:
  Var forward(const Var& x) override;
};

}  // namespace tengen::nn
