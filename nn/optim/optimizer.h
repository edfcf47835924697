// Optimisers over one flat buffer of all parameters.
#pragma once

#include <memory>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

class Optimizer {
 public:
  // Moves the parameters into flat buffers (their Vars now view them), weights that decay first.
  explicit Optimizer(const std::vector<NamedVar>& parameters);
  virtual ~Optimizer() = default;

  virtual void step(float learning_rate) = 0;
  void zero_grad();
  // Scales the gradient so that its 2-norm is at most `limit`; returns the norm before.
  float clip_gradient(float limit);
  // What a checkpoint must hold beside the parameters to go on bit-exactly: momenta by parameter
  // ("velocity.tower.conv.weight") and the step count. load_state copies, with Module's errors.
  virtual std::vector<NamedTensor> state() const = 0;
  virtual void load_state(const std::vector<NamedTensor>& entries);

 protected:
  // The flat buffers: elements [0, decaying()) decay, the rest do not.
  Tensor& weights() { return weights_; }
  const Tensor& gradient() const { return gradient_; }
  int64_t decaying() const { return decaying_; }
  // The parts of a flat buffer by parameter, as "PREFIX.path".
  std::vector<NamedTensor> parts(const std::string& prefix, const Tensor& flat) const;

 private:
  std::vector<NamedVar> parameters_;  // in the order of the flat buffers
  int64_t decaying_ = 0;
  Tensor weights_, gradient_;
};

struct SgdOptions {
  float momentum = 0.9f;
  bool nesterov = false;
  float weight_decay = 1e-4f;
};
std::unique_ptr<Optimizer> make_sgd(const std::vector<NamedVar>& parameters, const SgdOptions&);

struct AdamWOptions {
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-8f;
  float weight_decay = 1e-2f;
};
std::unique_ptr<Optimizer> make_adamw(const std::vector<NamedVar>& parameters, const AdamWOptions&);

}  // namespace tengen::nn
