#include "nn/optim/weight_average.h"

#include <algorithm>

#include "nn/base/check.h"
#include "nn/device.h"

namespace tengen::nn {
namespace {

constexpr int64_t kWord = int64_t{1} << 20;

}  // namespace

WeightAverage::WeightAverage(Module& module, const WeightAverageOptions& options)
    : module_(module), options_(options), updates_({2}) {
  CHECK(0.0f <= options.decay);
  CHECK(options.decay < 1.0f);
  for (const NamedTensor& entry : module.state())
    average_.push_back({entry.path, entry.tensor.clone()});
}

void WeightAverage::update() {
  CHECK(!swapped_);
  std::vector<float> words = updates_.to_vector();
  const int64_t step = static_cast<int64_t>(words[0]) * kWord + static_cast<int64_t>(words[1]) + 1;
  words = {static_cast<float>(step / kWord), static_cast<float>(step % kWord)};
  updates_.copy_from(Tensor({2}, words));

  const float young = static_cast<float>(step) / static_cast<float>(step + 10);
  const float decay = options_.warm_up ? std::min(options_.decay, young) : options_.decay;
  const std::vector<NamedTensor> weights = module_.state();
  for (size_t i = 0; i < average_.size(); ++i) {
    Tensor& average = average_[i].tensor;
    Device& device = average.device();
    device.repeat_axis(1, 1, average.size(), decay, average.data(), average.data());
    device.axpy(average.size(), 1.0f - decay, weights[i].tensor.data(), average.data());
  }
}

void WeightAverage::swap() {
  std::vector<NamedTensor> weights = module_.state();
  for (size_t i = 0; i < average_.size(); ++i) {
    const Tensor before = weights[i].tensor.clone();
    weights[i].tensor.copy_from(average_[i].tensor);
    average_[i].tensor.copy_from(before);
  }
  swapped_ = !swapped_;
}

std::vector<NamedTensor> WeightAverage::state() const {
  CHECK(!swapped_);
  std::vector<NamedTensor> out = average_;
  out.push_back({"updates", updates_});
  return out;
}

void WeightAverage::load_state(const std::vector<NamedTensor>& entries) {
  load_entries(state(), entries);
}

}  // namespace tengen::nn
