// RMSProp: the gradient over the root of its running mean square (Tieleman and Hinton 2012), or
// over its running deviation, with momentum (Graves 2013).
#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/optim/optimizer.h"

namespace tengen::nn {
namespace {

class Rmsprop : public Optimizer {
 public:
  Rmsprop(const ParameterGroups& parameters, const RmspropOptions& options)
      : Optimizer(parameters, options.weight_decay),
        options_(options),
        squares_(zeros_like_weights()) {
    CHECK(0.0f <= options.decay);
    CHECK(options.decay < 1.0f);
    CHECK(options.epsilon > 0.0f);
    CHECK(0.0f <= options.momentum);
    CHECK(options.momentum < 1.0f);
    if (options.centered) means_ = zeros_like_weights();
    if (options.momentum > 0.0f) velocity_ = zeros_like_weights();
  }

  std::vector<NamedTensor> state() const override {
    std::vector<NamedTensor> out = parts("squares", squares_);
    const auto add = [&](const std::string& name, const Tensor& flat) {
      if (!flat.defined()) return;
      for (NamedTensor& part : parts(name, flat)) out.push_back(std::move(part));
    };
    add("means", means_);
    add("velocity", velocity_);
    return out;
  }

 protected:
  void update(const Range& range, float learning_rate) override {
    const int64_t at = range.begin;
    const auto part = [at](Tensor& flat) { return flat.defined() ? flat.data() + at : nullptr; };
    weights().device().rmsprop(
        {learning_rate, options_.decay, options_.epsilon, options_.momentum, range.weight_decay},
        range.end - at, gradient().data() + at, squares_.data() + at, part(means_), part(velocity_),
        weights().data() + at);
  }

 private:
  const RmspropOptions options_;
  Tensor squares_;   // running averages of the gradient's squares
  Tensor means_;     // of the gradient; empty unless centred
  Tensor velocity_;  // empty without momentum
};

}  // namespace

std::unique_ptr<Optimizer> make_rmsprop(const ParameterGroups& parameters,
                                        const RmspropOptions& options) {
  return std::make_unique<Rmsprop>(parameters, options);
}

}  // namespace tengen::nn
