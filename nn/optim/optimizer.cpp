#include "nn/optim/optimizer.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "nn/tensor_math.h"

namespace tengen::nn {

Optimizer::Optimizer(const std::vector<NamedVar>& parameters) : parameters_(parameters) {
  CHECK(!parameters.empty());
  std::stable_partition(parameters_.begin(), parameters_.end(),
                        [](const NamedVar& parameter) { return parameter.decay; });
  int64_t total = 0;
  for (const NamedVar& parameter : parameters_) {
    total += parameter.var.value().size();
    if (parameter.decay) decaying_ = total;
  }
  Device& device = parameters_[0].var.value().device();
  weights_ = Tensor({total}, device);
  gradient_ = Tensor({total}, device);
  int64_t offset = 0;
  for (NamedVar& parameter : parameters_) {
    const Shape shape = parameter.var.shape();
    parameter.var.bind(weights_.view(offset, shape), gradient_.view(offset, shape));
    offset += shape.size();
  }
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
