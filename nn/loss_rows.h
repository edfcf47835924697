// What the losses in ops_loss*.cpp are built from.
#pragma once

#include "nn/autograd.h"
#include "nn/tensor_math.h"

namespace tengen::nn {

// Rows and columns of a loss: {rows, columns, 1}, as a weight a row meets them. CheckFailure
// unless x is [rows,n] and not empty, and weight [rows] or not there.
Broadcast checked_rows(const char* op, const Var& x, const Tensor& weight);
// The same with a target of x's shape.
Broadcast checked_rows(const char* op, const Var& x, const Tensor& target, const Tensor& weight);

// sum(weight * loss) / divisor, where loss and slope = dloss/dx are given for every element.
Var weighed_loss(const Var& x, Tensor loss, Tensor slope, const Tensor& weight,
                 const Broadcast& way, int64_t divisor);

// One number, to meet any tensor of that device.
Tensor constant_like(const Tensor& like, float value);

}  // namespace tengen::nn
