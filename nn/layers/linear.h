// Fully connected: [...,in] -> [...,out].
#pragma once

#include "nn/base/rng.h"
#include "nn/layers/module.h"

namespace tengen::nn {

class Linear : public Layer {
 public:
  Linear(int64_t in, int64_t out, Rng& rng, bool bias = true);
  Var forward(const Var& x) override;

 private:
  int64_t in_;
  Var weight_;  // [in,out], Xavier
  Var bias_;    // [out], zero; empty if there is none
};

}  // namespace tengen::nn
