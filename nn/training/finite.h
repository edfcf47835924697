// Guards against losses and gradients that are no longer numbers: they name the step, the term or
// parameter, and the remedy, instead of letting a training run on with broken weights.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

struct LossTerm {
  std::string name;
  Var value;  // any shape
};

// Before backward. Error "step 12: loss term value is nan ..." if a term is not finite; it also
// names the first parameter of `module` that already is not, if there is one.
void check_losses(int64_t step, const std::vector<LossTerm>& terms, const Module& module);

// After backward. Error names the first parameter whose gradient is not finite. Costs a pass over
// all gradients; clip_gradient's norm, which is not finite either then, is the cheap question.
void check_gradients(int64_t step, const Module& module);

}  // namespace tengen::nn
