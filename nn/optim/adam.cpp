// Adam (Kingma and Ba 2015), with weight decay in the gradient, and AdamW, with weight decay apart
// from it (Loshchilov and Hutter 2019).
#include <algorithm>
#include <iterator>

#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/optim/optimizer.h"

namespace tengen::nn {
namespace {

class Adam : public Optimizer {
 public:
  Adam(const ParameterGroups& parameters, const AdamWOptions& options, bool coupled)
      : Optimizer(parameters, options.weight_decay),
        options_(options),
        coupled_(coupled),
        first_(zeros_like_weights()),
        second_(zeros_like_weights()),
        steps_({2}) {
    CHECK(0.0f <= options.beta1);
    CHECK(options.beta1 < 1.0f);
    CHECK(0.0f <= options.beta2);
    CHECK(options.beta2 < 1.0f);
    CHECK(options.epsilon > 0.0f);
  }

  std::vector<NamedTensor> state() const override {
    std::vector<NamedTensor> out = parts("first_moment", first_);
    for (NamedTensor& part : parts("second_moment", second_)) out.push_back(std::move(part));
    out.push_back({"steps", steps_});
    return out;
  }

  void load_state(const std::vector<NamedTensor>& entries) override {
    Optimizer::load_state(entries);
    const std::vector<float> words = steps_.to_vector();
    step_ = static_cast<int64_t>(words[0]) * kWord + static_cast<int64_t>(words[1]);
  }

 protected:
  void begin_step() override {
    ++step_;
    const float words[] = {static_cast<float>(step_ / kWord), static_cast<float>(step_ % kWord)};
    std::copy(std::begin(words), std::end(words), steps_.data());
  }

  void update(const Range& range, float learning_rate) override {
    const int64_t at = range.begin;
    weights().device().adam({learning_rate, options_.beta1, options_.beta2, options_.epsilon,
                             range.weight_decay, step_, coupled_},
                            range.end - at, gradient().data() + at, first_.data() + at,
                            second_.data() + at, weights().data() + at);
  }

 private:
  // The count as two digits of 2^20: a float holds each exactly.
  static constexpr int64_t kWord = int64_t{1} << 20;

  const AdamWOptions options_;
  const bool coupled_;  // the decay is part of the gradient
  Tensor first_, second_;
  int64_t step_ = 0;
  Tensor steps_;  // step_ as a checkpoint stores it, in host memory
};

}  // namespace

std::unique_ptr<Optimizer> make_adam(const ParameterGroups& parameters, const AdamOptions& o) {
  return std::make_unique<Adam>(
      parameters, AdamWOptions{o.beta1, o.beta2, o.epsilon, o.weight_decay}, /*coupled=*/true);
}

std::unique_ptr<Optimizer> make_adamw(const ParameterGroups& parameters, const AdamWOptions& o) {
  return std::make_unique<Adam>(parameters, o, /*coupled=*/false);
}

}  // namespace tengen::nn
