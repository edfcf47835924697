// Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019).
#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/optim/optimizer.h"

namespace tengen::nn {
namespace {

class AdamW : public Optimizer {
 public:
  AdamW(const std::vector<NamedVar>& parameters, const AdamWOptions& options)
      : Optimizer(parameters),
        options_(options),
        first_(weights().shape(), weights().device()),
        second_(weights().shape(), weights().device()),
        steps_({2}, weights().device()) {
    CHECK(0.0f <= options.beta1);
    CHECK(options.beta1 < 1.0f);
    CHECK(0.0f <= options.beta2);
    CHECK(options.beta2 < 1.0f);
    CHECK(options.epsilon > 0.0f);
    CHECK(options.weight_decay >= 0.0f);
  }

  void step(float learning_rate) override {
    ++step_;
    store_step();
    const auto part = [&](int64_t begin, int64_t end, float decay) {
      weights().device().adam(
          {learning_rate, options_.beta1, options_.beta2, options_.epsilon, decay, step_},
          end - begin, gradient().data() + begin, first_.data() + begin, second_.data() + begin,
          weights().data() + begin);
    };
    part(0, decaying(), options_.weight_decay);
    part(decaying(), weights().size(), 0.0f);
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

 private:
  // The count as two digits of 2^20: a float holds each exactly.
  static constexpr int64_t kWord = int64_t{1} << 20;
  void store_step() {
    const float words[] = {static_cast<float>(step_ / kWord), static_cast<float>(step_ % kWord)};
    steps_.device().copy_from_host(steps_.data(), words, sizeof words);
  }

  const AdamWOptions options_;
  Tensor first_, second_;
  int64_t step_ = 0;
  Tensor steps_;  // step_ as a checkpoint stores it
};

}  // namespace

std::unique_ptr<Optimizer> make_adamw(const std::vector<NamedVar>& parameters,
                                      const AdamWOptions& options) {
  return std::make_unique<AdamW>(parameters, options);
}

}  // namespace tengen::nn
