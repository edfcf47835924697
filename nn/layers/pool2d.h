// Pooling of images as layers: [N,H,W,C] -> [N,H',W',C]; sizes as Pool2dOptions in ops.h says.
#pragma once

#include "nn/layers/conv2d.h"
#include "nn/layers/module.h"
#include "nn/ops.h"

namespace tengen::nn {

class MaxPool2d : public Layer {
 public:
  explicit MaxPool2d(const Pool2dOptions& options = {}) : options_(options) {}
  Var forward(const Var& x) override;

 private:
  Pool2dOptions options_;
};

class AvgPool2d : public Layer {
 public:
  explicit AvgPool2d(const Pool2dOptions& options = {}) : options_(options) {}
  Var forward(const Var& x) override;

 private:
  Pool2dOptions options_;
};

// max_pool2d(relu(convolution)), which trains faster as one layer than as three. Its parameters
// are "NAME.weight" and "NAME.bias", as those of a Conv2d.
class ConvReluPool : public Conv2d {
 public:
  ConvReluPool(int64_t in, int64_t out, PerAxis kernel, Rng& rng,
               const Conv2dLayerOptions& options = {}, const Pool2dOptions& pool = {})
      : Conv2d(in, out, kernel, rng, options), pool_(pool) {}
  Var forward(const Var& x) override { return forward_relu_max_pool(x, pool_); }

 private:
  Pool2dOptions pool_;
};

// Each row's pixels and channels one after the other: [N,...] -> [N,the product of the rest].
class Flatten : public Layer {
 public:
  Var forward(const Var& x) override;
};

}  // namespace tengen::nn
