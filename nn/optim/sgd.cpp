// Stochastic gradient descent with momentum (Sutskever et al. 2013 for Nesterov's form). Weight
// decay is added to the gradient.
#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/optim/optimizer.h"

namespace tengen::nn {
namespace {

class Sgd : public Optimizer {
 public:
  Sgd(const std::vector<NamedVar>& parameters, const SgdOptions& options)
      : Optimizer(parameters), options_(options), velocity_(weights().shape(), weights().device()) {
    CHECK(options.momentum >= 0.0f);
    CHECK(options.momentum < 1.0f);
    CHECK(options.weight_decay >= 0.0f);
  }

  void step(float learning_rate) override {
    const auto part = [&](int64_t begin, int64_t end, float decay) {
      weights().device().sgd({learning_rate, options_.momentum, decay, options_.nesterov},
                             end - begin, gradient().data() + begin, velocity_.data() + begin,
                             weights().data() + begin);
    };
    part(0, decaying(), options_.weight_decay);
    part(decaying(), weights().size(), 0.0f);
  }

  std::vector<NamedTensor> state() const override { return parts("velocity", velocity_); }

 private:
  const SgdOptions options_;
  Tensor velocity_;
};

}  // namespace

std::unique_ptr<Optimizer> make_sgd(const std::vector<NamedVar>& parameters,
                                    const SgdOptions& options) {
  return std::make_unique<Sgd>(parameters, options);
}

}  // namespace tengen::nn
