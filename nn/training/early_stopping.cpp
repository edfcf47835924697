#include "nn/training/early_stopping.h"

#include <limits>

#include "nn/base/check.h"

namespace tengen::nn {

EarlyStopping::EarlyStopping(Module& module, const EarlyStoppingOptions& options)
    : module_(module),
      options_(options),
      state_({2}, std::vector<float>{std::numeric_limits<float>::max(), 0.0f}) {
  CHECK(options.patience >= 0);
  CHECK(options.least_improvement >= 0.0f);
  for (const NamedTensor& entry : module.state())
    best_weights_.push_back({"best." + entry.path, entry.tensor.clone()});
}

bool EarlyStopping::update(float measure) {
  std::vector<float> words = state_.to_vector();
  float &best = words[0], &waited = words[1];
  if (measure < best - options_.least_improvement) {
    best = measure;
    waited = 0.0f;
    const std::vector<NamedTensor> weights = module_.state();
    for (size_t i = 0; i < weights.size(); ++i)
      best_weights_[i].tensor.copy_from(weights[i].tensor);
  } else {
    ++waited;
  }
  state_.copy_from(Tensor({2}, words));
  return waited > static_cast<float>(options_.patience);
}

bool EarlyStopping::improved() const {
  return state_.to_vector()[1] == 0.0f && best() < std::numeric_limits<float>::max();
}

float EarlyStopping::best() const { return state_.to_vector()[0]; }

void EarlyStopping::restore() {
  std::vector<NamedTensor> weights = module_.state();
  for (size_t i = 0; i < weights.size(); ++i) weights[i].tensor.copy_from(best_weights_[i].tensor);
}

std::vector<NamedTensor> EarlyStopping::state() const {
  std::vector<NamedTensor> out = best_weights_;
  out.push_back({"measure", state_});
  return out;
}

void EarlyStopping::load_state(const std::vector<NamedTensor>& entries) {
  load_entries(state(), entries);
}

}  // namespace tengen::nn
