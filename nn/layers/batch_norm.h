// Batch normalisation over all axes but the last (Ioffe and Szegedy 2015).
//
// Training uses the batch's statistics and averages them; evaluation uses the averages.
#pragma once

#include "nn/layers/module.h"

namespace tengen::nn {

struct BatchNormOptions {
  float epsilon = 1e-5f;
  float momentum = 0.1f;  // share of the newest batch in the running averages
};

class BatchNorm : public Layer {
 public:
  explicit BatchNorm(int64_t channels, const BatchNormOptions& options = {});
  Var forward(const Var& x) override;
  // relu(forward(x) + residual), cheaper in training; residual may be empty.
  Var forward_relu(const Var& x, const Var& residual = {});

 private:
  void average_in(const Var& x, const Tensor& mean, const Tensor& variance);

  const int64_t channels_;
  const BatchNormOptions options_;
  Var gamma_, beta_;     // [C], one and zero
  Var mean_, variance_;  // running averages; the variance without bias
};

}  // namespace tengen::nn
