// Stochastic gradient descent with momentum (Sutskever et al. 2013 for Nesterov's form).
#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/optim/optimizer.h"

namespace tengen::nn {
namespace {

class Sgd : public Optimizer {
 public:
  Sgd(const ParameterGroups& parameters, const SgdOptions& options)
      : Optimizer(parameters, options.weight_decay),
        options_(options),
        velocity_(zeros_like_weights()) {
    CHECK(options.momentum >= 0.0f);
    CHECK(options.momentum < 1.0f);
  }

  std::vector<NamedTensor> state() const override { return parts("velocity", velocity_); }

 protected:
  void update(const Range& range, float learning_rate) override {
    const int64_t at = range.begin;
    weights().device().sgd(
        {learning_rate, options_.momentum, range.weight_decay, options_.nesterov}, range.end - at,
        gradient().data() + at, velocity_.data() + at, weights().data() + at);
  }

 private:
  const SgdOptions options_;
  Tensor velocity_;
};

}  // namespace

std::unique_ptr<Optimizer> make_sgd(const ParameterGroups& parameters, const SgdOptions& options) {
  return std::make_unique<Sgd>(parameters, options);
}

}  // namespace tengen::nn
