// The methods by which the digit networks are trained, each with a peak rate that suits it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nn/optim/optimizer.h"
#include "tools/demos/demo_run.h"

namespace tengen::tools {

struct DigitOptimizer {
  std::string name;
  float rate;  // the peak of a one-cycle schedule, batches of 128
  std::function<std::unique_ptr<nn::Optimizer>(const nn::ParameterGroups&, float weight_decay)>
      make;
};

const std::vector<DigitOptimizer>& digit_optimizers();           // sgd, momentum, ..., adam
const DigitOptimizer& digit_optimizer(const std::string& name);  // CheckFailure if there is none

// What one of them achieved.
struct OptimizerTrial {
  nn::FitResult result;  // the first measure is the validation error
  double accuracy = 0;   // on the test set
};
// Calls `learn` with each, prints how well it did, and draws all in one picture; finishes the run.
Figures compare_optimizers(DemoRun& run,
                           const std::function<OptimizerTrial(const DigitOptimizer&)>& learn);

}  // namespace tengen::tools
