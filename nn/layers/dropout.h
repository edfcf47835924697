// Layers that forget at random in training and are whole in evaluation.
//
// The c-th call of a layer draws from Rng(seed, c). The seed comes from the generator that the
// network was made with and c is a buffer, so that a checkpoint restores the whole stream.
#pragma once

#include "nn/base/rng.h"
#include "nn/layers/module.h"

namespace tengen::nn {

// Where a layer is in its stream of random numbers.
class CallCounter {
 public:
  // `calls` [2]: the lower 24 bits of the number and the rest, which floats hold exactly.
  CallCounter(uint64_t seed, Tensor calls) : seed_(seed), calls_(std::move(calls)) {}
  Rng next();  // the generator of the next call

 private:
  uint64_t seed_;
  Tensor calls_;
};

// Each element of x is zero with probability p in [0, 1), the others are divided by 1 - p
// (Srivastava et al. 2014; scaled here rather than in evaluation).
class Dropout : public Layer {
 public:
  Dropout(float p, Rng& rng);
  Var forward(const Var& x) override;

 private:
  float p_;
  CallCounter counter_;
};

// A linear layer of whose weights each is zero with probability p (Wan et al. 2013,
// "Regularization of Neural Networks using DropConnect"): [...,in] -> [...,out]. One draw serves
// the whole batch, where the paper draws for each example; evaluation uses the mean weights.
class DropConnect : public Layer {
 public:
  DropConnect(int64_t in, int64_t out, float p, Rng& rng, bool bias = true);
  Var forward(const Var& x) override;

 private:
  int64_t in_;
  float p_;
  Var weight_;  // [in,out], Xavier
  Var bias_;    // [out], zero; empty if there is none
  CallCounter counter_;
};

}  // namespace tengen::nn
