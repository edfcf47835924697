// Optimisers over flat buffers: one for all weights, one for their gradients, one for each
// momentum.
//
// Parameters view their part of the buffers, groups one after the other and, in each, what decays
// before what does not; so clipping is one loop over memory and an update one loop a group.
//
// Batches that do not fit into memory are accumulated: losses are means over rows, so
//   optimizer->zero_grad();
//   for (k parts of equal size) backward(scale(loss(part), 1.0f / k));
//   optimizer->step(rate);
// is the step of the whole batch (batch norm apart, which sees only its part).
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

// Parameters that learn alike.
struct ParameterGroup {
  std::vector<NamedVar> parameters;
  float rate_factor = 1.0f;                          // of the learning rate; 0 freezes
  std::optional<float> weight_decay = std::nullopt;  // instead of the optimiser's
};

// What an optimiser is made for: net.parameters(), or groups.
class ParameterGroups {
 public:
  ParameterGroups(const std::vector<NamedVar>& all) : groups_{{all}} {}                // NOLINT
  ParameterGroups(std::initializer_list<NamedVar> all) : groups_{{all}} {}             // NOLINT
  ParameterGroups(std::vector<ParameterGroup> groups) : groups_(std::move(groups)) {}  // NOLINT
  ParameterGroups(std::initializer_list<ParameterGroup> groups) : groups_(groups) {}   // NOLINT
  const std::vector<ParameterGroup>& groups() const { return groups_; }

 private:
  std::vector<ParameterGroup> groups_;
};

class Optimizer {
 public:
  // Moves the parameters into flat buffers (their Vars now view them). `weight_decay` is that of
  // groups without their own. CheckFailure names a parameter that is given twice.
  Optimizer(const ParameterGroups& groups, float weight_decay);
  virtual ~Optimizer() = default;

  void step(float learning_rate);
  void zero_grad();
  // Scales the gradient so that its 2-norm is at most `limit` (Pascanu et al. 2013); returns the
  // norm before, which is not finite if an element is not.
  float clip_gradient(float limit);
  // Holds every element of the gradient within [-limit, limit].
  void clip_gradient_values(float limit);

  // What a checkpoint must hold beside the parameters to go on bit-exactly: momenta by parameter
  // ("velocity.tower.conv.weight") and the step count. load_state copies, with Module's errors.
  virtual std::vector<NamedTensor> state() const = 0;
  virtual void load_state(const std::vector<NamedTensor>& entries);

 protected:
  // Elements [begin, end) of the flat buffers, updated alike.
  struct Range {
    int64_t begin, end;
    float rate_factor, weight_decay;
  };
  // Called once a step, before the updates.
  virtual void begin_step() {}
  virtual void update(const Range& range, float learning_rate) = 0;

  Tensor& weights() { return weights_; }
  const Tensor& gradient() const { return gradient_; }
  Tensor zeros_like_weights() const { return Tensor(weights_.shape(), weights_.device()); }
  // The parts of a flat buffer by parameter, as "PREFIX.path".
  std::vector<NamedTensor> parts(const std::string& prefix, const Tensor& flat) const;

 private:
  void add_group(const ParameterGroup& group, float weight_decay);

  std::vector<NamedVar> parameters_;  // in the order of the flat buffers
  std::vector<Range> ranges_;
  Tensor weights_, gradient_;
};

// Weight decay: AdamW's is decoupled, the others add weight_decay * weight to the gradient.
struct SgdOptions {
  float momentum = 0.9f;
  bool nesterov = false;  // Sutskever et al. 2013
  float weight_decay = 1e-4f;
};
std::unique_ptr<Optimizer> make_sgd(const ParameterGroups& parameters, const SgdOptions&);

// Duchi, Hazan and Singer 2011.
struct AdagradOptions {
  float epsilon = 1e-10f;
  float weight_decay = 0.0f;
};
std::unique_ptr<Optimizer> make_adagrad(const ParameterGroups& parameters, const AdagradOptions&);

// Tieleman and Hinton 2012; centred and with momentum as in Graves 2013, equations 38 to 41.
struct RmspropOptions {
  float decay = 0.9f;     // of the running averages
  float epsilon = 1e-8f;  // added to the variance, under the root
  float momentum = 0.0f;
  bool centered = false;  // divide by the deviation instead of the root mean square
  float weight_decay = 0.0f;
};
std::unique_ptr<Optimizer> make_rmsprop(const ParameterGroups& parameters, const RmspropOptions&);

// Kingma and Ba 2015, algorithm 1.
struct AdamOptions {
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-8f;
  float weight_decay = 0.0f;
};
std::unique_ptr<Optimizer> make_adam(const ParameterGroups& parameters, const AdamOptions&);

// Loshchilov and Hutter 2019, algorithm 2.
struct AdamWOptions {
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-8f;
  float weight_decay = 1e-2f;
};
std::unique_ptr<Optimizer> make_adamw(const ParameterGroups& parameters, const AdamWOptions&);

}  // namespace tengen::nn
