#include "tools/demos/digit_optimizers.h"

#include <fmt/core.h>

#include <algorithm>

#include "nn/base/check.h"
#include "tools/pictures/chart.h"

namespace tengen::tools {

using nn::ParameterGroups;

const std::vector<DigitOptimizer>& digit_optimizers() {
  static const std::vector<DigitOptimizer> all = {
      {"sgd", 0.1f,
       [](const ParameterGroups& of, float decay) {
         return nn::make_sgd(of, {.momentum = 0.0f, .weight_decay = decay});
       }},
      {"momentum", 0.03f,
       [](const ParameterGroups& of, float decay) {
         return nn::make_sgd(of, {.momentum = 0.9f, .weight_decay = decay});
       }},
      {"nesterov", 0.03f,
       [](const ParameterGroups& of, float decay) {
         return nn::make_sgd(of, {.momentum = 0.9f, .nesterov = true, .weight_decay = decay});
       }},
      {"adagrad", 0.02f,
       [](const ParameterGroups& of, float decay) {
         return nn::make_adagrad(of, {.weight_decay = decay});
       }},
      {"rmsprop", 1e-3f,
       [](const ParameterGroups& of, float decay) {
         return nn::make_rmsprop(of, {.weight_decay = decay});
       }},
      {"adam", 3e-3f,
       [](const ParameterGroups& of, float decay) {
         return nn::make_adam(of, {.weight_decay = decay});
       }},
  };
  return all;
}

const DigitOptimizer& digit_optimizer(const std::string& name) {
  const auto found = std::ranges::find(digit_optimizers(), name, &DigitOptimizer::name);
  CHECK(found != digit_optimizers().end());
  return *found;
}

Figures compare_optimizers(DemoRun& run,
                           const std::function<OptimizerTrial(const DigitOptimizer&)>& learn) {
  std::vector<Curve> losses, errors;
  Figures figures;
  for (const DigitOptimizer& method : digit_optimizers()) {
    const OptimizerTrial trial = learn(method);
    Curve loss{method.name, {}, {}};
    Curve error = loss;
    for (const nn::FitEpoch& epoch : trial.result.epochs) {
      loss.x.push_back(static_cast<double>(loss.x.size() + 1));
      loss.y.push_back(epoch.loss);
      error.y.push_back(100 * epoch.measures.at(0));
    }
    error.x = loss.x;
    losses.push_back(loss);
    errors.push_back(error);
    fmt::print("{}: {:.2f} % of the test set are told right\n", method.name, 100 * trial.accuracy);
    figures.push_back({"test accuracy, " + method.name, 100 * trial.accuracy, "%"});
  }
  if (run.pictures()) {
    const std::string title = "The same network by six methods";
    run.picture("optimizers-loss", line_chart(losses, {.title = title,
                                                       .x_label = "epoch",
                                                       .y_label = "training loss",
                                                       .log_y = true}));
    run.picture(
        "optimizers-error",
        line_chart(errors, {.title = title, .x_label = "epoch", .y_label = "validation error, %"}));
  }
  run.finish();
  return figures;
}

}  // namespace tengen::tools
