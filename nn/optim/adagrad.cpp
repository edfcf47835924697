// AdaGrad (Duchi, Hazan and Singer 2011): every weight's rate falls with its own gradients so far.
#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/optim/optimizer.h"

namespace tengen::nn {
namespace {

class Adagrad : public Optimizer {
 public:
  Adagrad(const ParameterGroups& parameters, const AdagradOptions& options)
      : Optimizer(parameters, options.weight_decay),
        options_(options),
        squares_(zeros_like_weights()) {
    CHECK(options.epsilon > 0.0f);
  }

  std::vector<NamedTensor> state() const override { return parts("squares", squares_); }

 protected:
  void update(const Range& range, float learning_rate) override {
    const int64_t at = range.begin;
    weights().device().adagrad({learning_rate, options_.epsilon, range.weight_decay},
                               range.end - at, gradient().data() + at, squares_.data() + at,
                               weights().data() + at);
  }

 private:
  const AdagradOptions options_;
  Tensor squares_;  // sums of the gradients' squares
};

}  // namespace

std::unique_ptr<Optimizer> make_adagrad(const ParameterGroups& parameters,
                                        const AdagradOptions& options) {
  return std::make_unique<Adagrad>(parameters, options);
}

}  // namespace tengen::nn
