// Normalisation that looks at no other example of the batch, so that training and evaluation are
// the same.
#pragma once

#include "nn/layers/module.h"

namespace tengen::nn {

// [...,channels], each row by itself (Ba, Kiros and Hinton 2016).
class LayerNorm : public Layer {
 public:
  explicit LayerNorm(int64_t channels, float epsilon = 1e-5f);
  Var forward(const Var& x) override;

 private:
  int64_t channels_;
  float epsilon_;
  Var gamma_, beta_;  // [channels], one and zero
};

// [N,...,channels], each image or sequence by itself in `groups` runs of channels (Wu and He
// 2018).
class GroupNorm : public Layer {
 public:
  GroupNorm(int64_t groups, int64_t channels, float epsilon = 1e-5f);
  Var forward(const Var& x) override;

 private:
  int64_t groups_, channels_;
  float epsilon_;
  Var gamma_, beta_;  // [channels], one and zero
};

}  // namespace tengen::nn
