#include "nn/training/finite.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

constexpr const char* kRemedy =
    "; lower the learning rate, clip the gradient (clip_gradient), warm up longer, or look for "
    "inputs that are not finite; then go on from the last checkpoint";

std::optional<float> broken_element(const Tensor& tensor) {
  const std::vector<float> values = tensor.to_vector();
  const auto found =
      std::find_if(values.begin(), values.end(), [](float x) { return !std::isfinite(x); });
  if (found == values.end()) return std::nullopt;
  return *found;
}

std::string text_of(float value) {
  return std::isnan(value) ? "nan" : value > 0.0f ? "infinite" : "minus infinite";
}

}  // namespace

void check_losses(int64_t step, const std::vector<LossTerm>& terms, const Module& module) {
  for (const LossTerm& term : terms) {
    const std::optional<float> broken = broken_element(term.value.value());
    if (!broken) continue;
    std::string cause = "all parameters are still finite";
    for (const NamedVar& parameter : module.parameters())
      if (const auto value = broken_element(parameter.var.value())) {
        cause = "parameter " + parameter.path + " holds " + text_of(*value);
        break;
      }
    throw Error("step " + std::to_string(step) + ": loss term " + term.name + " is " +
                text_of(*broken) + " (" + cause + ")" + kRemedy);
  }
}

void check_gradients(int64_t step, const Module& module) {
  for (const NamedVar& parameter : module.parameters()) {
    if (!parameter.var.grad().defined()) continue;
    if (const auto broken = broken_element(parameter.var.grad()))
      throw Error("step " + std::to_string(step) + ": the gradient of " + parameter.path +
                  " holds " + text_of(*broken) + kRemedy);
  }
}

}  // namespace tengen::nn
