// Var: a Tensor that remembers how it was made; backward() fills the gradients.
//
// An operation (ops_*.cpp) computes its value through the Device and, when a gradient is wanted,
// gives make_var a function that adds to the gradients of its inputs: value and gradient on the
// same screen. NoGrad turns the remembering off in its scope, on its thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "nn/tensor.h"

namespace tengen::nn {

class Var {
 public:
  Var() = default;
  explicit Var(Tensor value, bool requires_grad = false);

  bool defined() const { return node_ != nullptr; }
  const Tensor& value() const;
  Tensor& value();
  const Shape& shape() const { return value().shape(); }
  bool requires_grad() const;
  bool is_leaf() const;  // not the result of an operation

  // Of a leaf; empty before backward reached it. Accumulates over calls until zero_grad.
  const Tensor& grad() const;
  Tensor& grad();
  void zero_grad();

  // For the gradients of operations, which reach only inputs that require them: adds a gradient
  // of the value's shape, without a copy where that is safe ...
  void add_grad(const Tensor& gradient) const;
  // ... or hands out the gradient for a product to write into, with the beta to use.
  Tensor& accumulator(float* beta) const;

  // Moves value and gradient into storage that an optimiser provides; a gradient so bound is
  // zero instead of empty and always added to in place.
  void bind(Tensor value, Tensor grad);

  struct Node;
  const std::shared_ptr<Node>& node() const { return node_; }

 private:
  friend Var make_var(Tensor, std::vector<Var>, std::function<void(const Tensor&)>);
  std::shared_ptr<Node> node_;
};

// The result of an operation. `gradient` gets dL/d(value) and calls add_grad on the inputs, which
// ignore it if they require none; it is dropped at once when no input does or NoGrad is in force.
// It may hold tensors and the inputs, never the result, which would keep itself alive.
Var make_var(Tensor value, std::vector<Var> inputs,
             std::function<void(const Tensor& gradient)> gradient);

// Fills the gradients of the leaves (parameters and inputs that require one) that `loss` (one
// element) was made from, and frees the tape as it goes.
void backward(const Var& loss);

// While one lives, its thread's operations remember nothing.
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};
bool grad_enabled();

}  // namespace tengen::nn
