// The case lists as networks that can be traced: what plans and exports are checked on.
#pragma once

#include <string>
#include <vector>

#include "nn/graph.h"
#include "tests/nn/layer_cases.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {

// The case with its first input as the network's and the others as parameters.
Forward network_of(const OpCase& c);
// The case's layer in evaluation.
Forward network_of(const LayerCase& c);

// Not of training (batch statistics, losses), nor of rows of several lengths.
bool can_be_traced(const Forward& network, const std::vector<Shape>& inputs);

// Of spread_values, as the case lists have them.
std::vector<Tensor> inputs_of(const std::vector<Shape>& shapes);

}  // namespace tengen::nn
