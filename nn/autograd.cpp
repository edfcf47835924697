#include "nn/autograd.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

using EntryList = std::vector<std::shared_ptr<TapeEntry>>;

bool& thread_grad_enabled() {
  thread_local bool enabled = true;
  return enabled;
}

uint64_t next_order() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

// The thread's list, kept between calls so that it need not grow again. A gradient that itself
// calls backward gets a fresh one.
class WorkList {
 public:
  WorkList() : entries(std::exchange(kept(), {})) {}
  ~WorkList() {
    entries.clear();
    std::swap(kept(), entries);
  }
  EntryList entries;

 private:
  static EntryList& kept() {
    thread_local EntryList list;
    return list;
  }
};

// A tape of a million operations must not be destroyed by a million nested calls: entries that
// nobody else holds hand their inputs to this loop before they go. (What the first's gradient
// function held is gone already, with the derived class; its inputs kept that from going deeper.)
void drop_tape(TapeEntry& first) {
  PooledVector<std::shared_ptr<TapeEntry>> pending = std::move(first.inputs);
  while (!pending.empty()) {
    const std::shared_ptr<TapeEntry> entry = std::move(pending.back());
    pending.pop_back();
    if (entry.use_count() > 1) continue;
    for (auto& input : entry->inputs) pending.push_back(std::move(input));
    entry->inputs.clear();
    entry->forget();
  }
}

}  // namespace

TapeEntry::TapeEntry(const Tensor& value, bool requires_grad)
    : shape(value.shape()), device(&value.device()), requires_grad(requires_grad) {}

TapeEntry::~TapeEntry() {
  if (!inputs.empty()) drop_tape(*this);
}

bool GradSlot::requires_grad() const { return entry_ && entry_->requires_grad; }

const Shape& GradSlot::shape() const {
  CHECK(entry_ != nullptr);
  return entry_->shape;
}

void GradSlot::add_grad(const Tensor& gradient) const {
  if (!requires_grad()) return;
  CHECK(gradient.shape() == shape());
  Tensor& grad = entry_->grad;
  if (!grad.defined()) {
    grad = gradient;
  } else if (entry_->may_add_in_place()) {
    grad.device().axpy(grad.size(), 1.0f, gradient.data(), grad.data());
  } else {
    Tensor sum = Tensor::uninitialized(shape(), grad.device());
    sum.device().binary(Binary::kAdd, sum.size(), grad.data(), gradient.data(), sum.size(), 1,
                        sum.data());
    grad = std::move(sum);
  }
}

Tensor& GradSlot::accumulator(float* beta) const {
  CHECK(requires_grad());
  Tensor& grad = entry_->grad;
  *beta = grad.defined() ? 1.0f : 0.0f;
  if (!grad.defined()) {
    grad = Tensor::uninitialized(shape(), *entry_->device);
  } else if (!entry_->may_add_in_place()) {
    grad = grad.clone();
  }
  return grad;
}

Var::Var(Tensor value, bool requires_grad) {
  CHECK(value.defined());
  GradSlot slot(std::allocate_shared<TapeEntry>(BlockAllocator<TapeEntry>(), value, requires_grad));
  node_ = std::allocate_shared<Node>(BlockAllocator<Node>(),
                                     Node{std::move(value), std::move(slot), true});
}

Var Var::result_of_operation(Tensor value, GradSlot slot) {
  CHECK(value.defined());
  Var out;
  out.node_ = std::allocate_shared<Node>(BlockAllocator<Node>(),
                                         Node{std::move(value), std::move(slot), false});
  return out;
}

const Tensor& Var::value() const {
  CHECK(defined());
  return node_->value;
}

Tensor& Var::value() {
  CHECK(defined());
  return node_->value;
}

const Tensor& Var::grad() const {
  CHECK(is_leaf());
  return node_->slot.entry()->grad;
}

Tensor& Var::grad() {
  CHECK(is_leaf());
  TapeEntry& entry = *node_->slot.entry();
  // Two inputs of one sum share their gradient; whoever may write gets an own copy.
  if (entry.grad.defined() && !entry.may_add_in_place()) entry.grad = entry.grad.clone();
  return entry.grad;
}

void Var::zero_grad() {
  CHECK(is_leaf());
  TapeEntry& entry = *node_->slot.entry();
  if (entry.bound) {
    entry.grad.fill(0.0f);
  } else {
    entry.grad = Tensor();
  }
}

void Var::bind(Tensor value, Tensor grad) {
  CHECK(is_leaf());
  CHECK(value.shape() == shape());
  CHECK(grad.shape() == shape());
  TapeEntry& entry = *node_->slot.entry();
  value.copy_from(node_->value);
  grad.fill(0.0f);
  node_->value = std::move(value);
  entry.grad = std::move(grad);
  entry.device = &node_->value.device();
  entry.bound = true;
}

void Var::release() {
  CHECK(is_leaf());
  TapeEntry& entry = *node_->slot.entry();
  node_->value = node_->value.clone();
  entry.grad = Tensor();
  entry.bound = false;
}

void Var::move_to(Device& device) {
  CHECK(is_leaf());
  TapeEntry& entry = *node_->slot.entry();
  if (&node_->value.device() == &device) return;
  if (entry.bound) throw CheckFailure("a parameter moves before its optimizer is made, not after");
  node_->value = node_->value.to(device);
  entry.grad = entry.grad.to(device);
  entry.device = &device;
}

namespace autograd_internal {

void check_devices(const Tensor& value, std::span<const Var> inputs) {
  for (const Var& input : inputs) {
    if (input.defined()) check_same_device("an operation's result and input", value, input.value());
  }
}

bool tape_wanted(std::span<const Var> inputs) {
  return grad_enabled() && std::any_of(inputs.begin(), inputs.end(),
                                       [](const Var& input) { return input.requires_grad(); });
}

void connect(TapeEntry& entry, std::span<const Var> inputs) {
  entry.order = next_order();
  entry.inputs.reserve(inputs.size());
  for (const Var& input : inputs)
    if (input.requires_grad()) entry.inputs.push_back(input.node()->slot.entry());
}

}  // namespace autograd_internal

void backward(const Var& loss) {
  CHECK(loss.value().size() == 1);
  CHECK(loss.requires_grad());
  const GradSlot start = loss.slot();
  if (start.entry()->freed) throw CheckFailure("backward: called twice on one tape");

  // The operations above the leaves, in the order in which they were made.
  WorkList work;
  EntryList& tape = work.entries;
  const auto visit = [&](const std::shared_ptr<TapeEntry>& entry) {
    if (entry->order == 0 || entry->visited) return;
    if (entry->freed) throw CheckFailure("backward: part of the tape was freed by an earlier call");
    entry->visited = true;
    tape.push_back(entry);
  };
  visit(start.entry());
  for (size_t i = 0; i < tape.size(); ++i)
    for (size_t j = 0; j < tape[i]->inputs.size(); ++j) visit(tape[i]->inputs[j]);
  std::sort(tape.begin(), tape.end(),
            [](const auto& a, const auto& b) { return a->order < b->order; });

  Tensor one = Tensor::uninitialized(loss.shape(), loss.value().device());
  one.fill(1.0f);
  start.add_grad(one);
  for (; !tape.empty(); tape.pop_back()) {
    TapeEntry& entry = *tape.back();
    {
      const Tensor grad = std::exchange(entry.grad, Tensor());
      if (grad.defined()) entry.pass_on(grad);
    }
    entry.forget();
    entry.inputs.clear();
    entry.visited = false;
    entry.freed = true;
  }
}

NoGrad::NoGrad() : before_(thread_grad_enabled()) { thread_grad_enabled() = false; }
NoGrad::~NoGrad() { thread_grad_enabled() = before_; }
bool grad_enabled() { return thread_grad_enabled(); }

}  // namespace tengen::nn
