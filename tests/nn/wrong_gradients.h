// Operations with right values and planted mistakes in their gradients, which gradcheck must find.
#pragma once

#include <vector>

#include "tests/nn/op_cases.h"

namespace tengen::nn {

// `smallest_mistake` is that of the gradient which is merely a little too large.
std::vector<OpCase> wrong_gradients(double smallest_mistake);

}  // namespace tengen::nn
