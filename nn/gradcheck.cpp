#include "nn/gradcheck.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "nn/device.h"

namespace tengen::nn {
namespace {

double value_of(const std::function<Var()>& loss) {
  NoGrad no_grad;
  return static_cast<double>(loss().value().item());
}

void set_element(Tensor& tensor, int64_t element, float value) {
  tensor.device().copy_from_host(tensor.data() + element, &value, sizeof value);
}

// Moves elements of each leaf in place, and back.
GradcheckResult check_leaves(std::vector<NamedVar> leaves, const std::function<Var()>& loss,
                             const GradcheckOptions& options) {
  CHECK(options.step > 0.0);
  backward(loss());
  GradcheckResult worst;
  for (NamedVar& leaf : leaves) {
    Tensor& tensor = leaf.var.value();
    const int64_t size = tensor.size();
    const std::vector<float> values = tensor.to_vector();
    const std::vector<float> gradient =
        leaf.var.grad().defined() ? leaf.var.grad().to_vector() : std::vector<float>(size);
    const int64_t checked = std::min<int64_t>(size, options.max_elements);
    for (int64_t i = 0; i < checked; ++i) {
      const int64_t element = i * size / checked;
      const float above = static_cast<float>(values[element] + options.step);
      const float below = static_cast<float>(values[element] - options.step);
      set_element(tensor, element, above);
      const double high = value_of(loss);
      set_element(tensor, element, below);
      const double low = value_of(loss);
      set_element(tensor, element, values[element]);
      const double numeric = (high - low) / (static_cast<double>(above) - below);
      const double analytic = gradient[element];
      const double difference =
          std::abs(analytic - numeric) / std::max({1.0, std::abs(analytic), std::abs(numeric)});
      if (!(difference <= worst.difference))  // not-a-number counts as worse
        worst = {difference, leaf.path + ", element " + std::to_string(element), analytic, numeric};
      if (std::isnan(difference)) return worst;
    }
  }
  return worst;
}

}  // namespace

std::string GradcheckResult::text() const {
  return place + ": gradient " + std::to_string(analytic) + ", finite differences " +
         std::to_string(numeric);
}

GradcheckResult gradcheck_report(const std::function<Var(const std::vector<Var>&)>& f,
                                 const std::vector<Var>& inputs, const GradcheckOptions& options) {
  std::vector<Var> copies;
  std::vector<NamedVar> leaves;
  for (const Var& input : inputs) {
    copies.emplace_back(input.value().clone(), true);
    leaves.push_back({"input " + std::to_string(leaves.size()), copies.back(), false});
  }
  return check_leaves(
      std::move(leaves), [&] { return f(copies); }, options);
}

double gradcheck(const std::function<Var(const std::vector<Var>&)>& f,
                 const std::vector<Var>& inputs, double step, int max_elements) {
  return gradcheck_report(f, inputs, {step, max_elements}).difference;
}

GradcheckResult gradcheck_report(Module& module, const std::function<Var()>& loss,
                                 const GradcheckOptions& options) {
  std::vector<NamedTensor> buffers = module.buffers();
  std::vector<Tensor> before;
  for (const NamedTensor& buffer : buffers) before.push_back(buffer.tensor.clone());
  module.zero_grad();
  const GradcheckResult result = check_leaves(module.parameters(), loss, options);
  module.zero_grad();
  for (size_t i = 0; i < buffers.size(); ++i) buffers[i].tensor.copy_from(before[i]);
  return result;
}

}  // namespace tengen::nn
