#include "nn/optim/optimizer.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "nn/base/check.h"
#include "nn/tensor_math.h"

namespace tengen::nn {

Optimizer::Optimizer(const ParameterGroups& groups, float weight_decay) {
  CHECK(weight_decay >= 0.0f);
  for (const ParameterGroup& group : groups.groups()) add_group(group, weight_decay);
  CHECK(!parameters_.empty());
  std::set<const Var::Node*> seen;
  for (const NamedVar& parameter : parameters_)
    if (!seen.insert(parameter.var.node().get()).second)
      throw CheckFailure("optimizer: parameter " + parameter.path + " is in two groups");

  const Shape all{ranges_.back().end};
  Device& device = parameters_[0].var.value().device();
  weights_ = Tensor(all, device);
  gradient_ = Tensor(all, device);
  int64_t offset = 0;
  for (NamedVar& parameter : parameters_) {
    const Shape shape = parameter.var.shape();
    parameter.var.bind(weights_.view(offset, shape), gradient_.view(offset, shape));
    offset += shape.size();
  }
}

void Optimizer::add_group(const ParameterGroup& group, float weight_decay) {
  const float decay = group.weight_decay.value_or(weight_decay);
  CHECK(group.rate_factor >= 0.0f);
  CHECK(decay >= 0.0f);
  for (const bool decays : {true, false}) {
    const int64_t begin = ranges_.empty() ? 0 : ranges_.back().end;
    int64_t end = begin;
    for (const NamedVar& parameter : group.parameters) {
      if (parameter.decay != decays) continue;
      parameters_.push_back(parameter);
      end += parameter.var.value().size();
    }
    if (end > begin) ranges_.push_back({begin, end, group.rate_factor, decays ? decay : 0.0f});
  }
}

void Optimizer::step(float learning_rate) {
  begin_step();
  for (const Range& range : ranges_) update(range, learning_rate * range.rate_factor);
}

void Optimizer::zero_grad() { gradient_.fill(0.0f); }

float Optimizer::clip_gradient(float limit) {
  CHECK(limit > 0.0f);
  const float norm = std::sqrt(sum_of_all(unary(Unary::kSquare, gradient_)).item());
  if (norm > limit)
    gradient_.device().repeat_axis(1, 1, gradient_.size(), limit / norm, gradient_.data(),
                                   gradient_.data());
  return norm;
}

// max(-max(g, -limit), -limit), negated: the devices know no minimum.
void Optimizer::clip_gradient_values(float limit) {
  CHECK(limit > 0.0f);
  Device& device = gradient_.device();
  const int64_t n = gradient_.size();
  float* g = gradient_.data();
  Tensor floor(Shape{}, device);
  floor.fill(-limit);
  for (int side = 0; side < 2; ++side) {
    device.binary(Binary::kMaximum, n, g, floor.data(), 1, 1, g);
    device.unary(Unary::kNegate, n, g, g);
  }
}

void Optimizer::load_state(const std::vector<NamedTensor>& entries) {
  load_entries(state(), entries);
}

std::vector<NamedTensor> Optimizer::parts(const std::string& prefix, const Tensor& flat) const {
  std::vector<NamedTensor> out;
  int64_t offset = 0;
  for (const NamedVar& parameter : parameters_) {
    out.push_back({prefix + "." + parameter.path, flat.view(offset, parameter.var.shape())});
    offset += parameter.var.shape().size();
  }
  return out;
}

}  // namespace tengen::nn
