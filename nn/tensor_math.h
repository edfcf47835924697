// The Device's kernels as functions of tensors: what values and gradients in ops_*.cpp are
// written with. Every result is a new tensor on the device of its first argument.
#pragma once

#include <string>

#include "nn/device.h"
#include "nn/tensor.h"

namespace tengen::nn {

Tensor unary(UnaryOp op, const Tensor& x);

// How b [outer, inner] meets a [outer, axis, inner]: element (o, i) of b belongs to every
// (o, *, i).
struct Broadcast {
  int64_t outer = 1, axis = 1, inner = 1;
};
// As ops.h allows for element-by-element operations; a CheckFailure that names `op` otherwise.
Broadcast broadcast_of(const char* op, const Shape& a, const Shape& b);
Tensor binary(Binary op, const Tensor& a, const Tensor& b);  // equal sizes, or b one number
Tensor binary(Binary op, const Tensor& a, const Tensor& b, const Broadcast& broadcast);
void add_in_place(Tensor& y, const Tensor& b, const Broadcast& broadcast);
Tensor scaled(const Tensor& x, float factor);

Tensor sum_over(const Tensor& x, const Broadcast& broadcast, Shape result);
Tensor sum_of_all(const Tensor& x);  // []

// CheckFailure "a loss's numbers and target lie on different devices: cuda:0 and cpu avx512".
void check_same_device(const char* what, const Tensor& a, const Tensor& b);

// CheckFailure "conv2d: expected x [N,H,W,C], got [3,4]".
[[noreturn]] void wrong_shape(const char* op, const std::string& expected, const Shape& came);

}  // namespace tengen::nn
