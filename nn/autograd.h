// Var: a Tensor that remembers how it was made; backward() fills the gradients.
//
// An operation (ops_*.cpp) computes its value through the Device and gives make_var a function
// that adds to the gradients of its inputs: value and gradient on the same screen. That function
// keeps whole inputs (Var) whose values it needs, and of the others only where their gradient goes
// (GradSlot), so that a value nobody needs any more is freed while the network still runs.
// NoGrad turns the remembering off in its scope, on its thread.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "nn/base/block_pool.h"
#include "nn/tensor.h"

namespace tengen::nn {

class Var;
struct TapeEntry;

// Where the gradient of one value is gathered.
class GradSlot {
 public:
  GradSlot() = default;
  explicit GradSlot(std::shared_ptr<TapeEntry> entry) : entry_(std::move(entry)) {}

  bool requires_grad() const;
  const Shape& shape() const;  // of a slot that requires a gradient

  // For the gradients of operations, which reach only inputs that require them: adds a gradient
  // of the value's shape, without a copy where that is safe ...
  void add_grad(const Tensor& gradient) const;
  // ... or hands out the gradient for a product to write into, with the beta to use.
  Tensor& accumulator(float* beta) const;

  const std::shared_ptr<TapeEntry>& entry() const { return entry_; }

 private:
  std::shared_ptr<TapeEntry> entry_;
};

// A value's place on the tape; TapeStep adds what an operation does there.
struct TapeEntry {
  TapeEntry(const Tensor& value, bool requires_grad);
  virtual ~TapeEntry();
  virtual void pass_on(const Tensor&) {}  // the gradient, to the inputs
  virtual void forget() {}                // drops what pass_on needs
  bool may_add_in_place() const { return bound || grad.unique(); }

  Shape shape;
  Device* device;
  Tensor grad;
  PooledVector<std::shared_ptr<TapeEntry>> inputs;  // of the operation; empty for leaves
  uint64_t order = 0;                               // inputs were made before results; 0 for leaves
  bool requires_grad;
  bool bound = false;    // grad lives in an optimiser's buffer
  bool visited = false;  // by the backward() now running
  bool freed = false;    // backward() has used up the tape here
};

class Var {
 public:
  Var() = default;
  explicit Var(Tensor value, bool requires_grad = false);

  bool defined() const { return node_ != nullptr; }
  const Tensor& value() const;
  Tensor& value();
  const Shape& shape() const { return value().shape(); }
  bool requires_grad() const { return node_ && node_->slot.requires_grad(); }
  bool is_leaf() const { return node_ && node_->leaf; }  // not the result of an operation

  // Of a leaf; empty before backward reached it. Accumulates over calls until zero_grad.
  const Tensor& grad() const;
  Tensor& grad();
  void zero_grad();

  GradSlot slot() const { return node_ ? node_->slot : GradSlot(); }
  void add_grad(const Tensor& gradient) const { slot().add_grad(gradient); }
  Tensor& accumulator(float* beta) const { return slot().accumulator(beta); }

  // Moves value and gradient into storage that an optimiser provides; a gradient so bound is
  // zero instead of empty and always added to in place.
  void bind(Tensor value, Tensor grad);
  // The reverse: copies the value out of it and forgets the gradient.
  void release();
  // Moves a leaf's value and gradient to a device, for all copies of this Var. Not after bind.
  void move_to(Device& device);

  struct Node {
    Tensor value;
    GradSlot slot;  // empty where no gradient is wanted of an operation's result
    bool leaf;
  };
  const std::shared_ptr<Node>& node() const { return node_; }

  // What make_var makes of a value; `slot` may be empty.
  static Var result_of_operation(Tensor value, GradSlot slot);

 private:
  std::shared_ptr<Node> node_;
};

namespace autograd_internal {

// An operation's entry: holds its gradient function in the same block of memory.
template <class Gradient>
struct TapeStep final : TapeEntry {
  TapeStep(const Tensor& value, Gradient given)
      : TapeEntry(value, true), gradient(std::move(given)) {}
  void pass_on(const Tensor& dy) override { (*gradient)(dy); }
  void forget() override { gradient.reset(); }
  std::optional<Gradient> gradient;
};

bool tape_wanted(std::span<const Var> inputs);
// CheckFailure that names both if an input lies on another device than the result.
void check_devices(const Tensor& value, std::span<const Var> inputs);
void connect(TapeEntry& entry, std::span<const Var> inputs);

}  // namespace autograd_internal

// The result of an operation. `gradient(dy)` gets dL/d(value) as a const Tensor& and calls add_grad
// on the inputs, which ignore it if they require none; it is dropped at once when no input does or
// NoGrad is in force. It may hold tensors, the inputs and their slots, never the result, which
// would keep itself alive. Empty inputs (a bias that is not there) are left out.
template <class Gradient>
Var make_var(Tensor value, std::span<const Var> inputs, Gradient gradient) {
  namespace internal = autograd_internal;
  internal::check_devices(value, inputs);
  if (!internal::tape_wanted(inputs)) return Var::result_of_operation(std::move(value), GradSlot());
  using Step = internal::TapeStep<Gradient>;
  const auto step = std::allocate_shared<Step>(BlockAllocator<Step>(), value, std::move(gradient));
  internal::connect(*step, inputs);
  return Var::result_of_operation(std::move(value), GradSlot(step));
}
template <class Gradient>
Var make_var(Tensor value, std::initializer_list<Var> inputs, Gradient gradient) {
  return make_var(std::move(value), std::span(inputs.begin(), inputs.size()), std::move(gradient));
}

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
