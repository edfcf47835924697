#include "nn/autograd.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "nn/base/check.h"
#include "nn/device.h"

namespace tengen::nn {

struct Var::Node {
  Tensor value;
  Tensor grad;
  std::vector<Var> inputs;                      // of the operation; empty for leaves
  std::function<void(const Tensor&)> gradient;  // holds only tensors and `inputs`
  uint64_t order = 0;                           // inputs were made before results; 0 for leaves
  bool requires_grad = false;
  bool bound = false;    // grad lives in an optimiser's buffer
  bool visited = false;  // by the backward() now running
  bool freed = false;    // backward() has used up the tape here

  ~Node();

  bool may_add_in_place() const { return bound || grad.unique(); }
  void drop_tape_into(std::vector<std::shared_ptr<Node>>& pending) {
    for (Var& input : inputs) pending.push_back(std::move(input.node_));
    inputs.clear();
    gradient = nullptr;
  }
};

// A tape of a million operations must not be destroyed by a million nested calls: nodes that
// nobody else holds hand their inputs to this loop before they go.
Var::Node::~Node() {
  std::vector<std::shared_ptr<Node>> pending;
  drop_tape_into(pending);
  while (!pending.empty()) {
    const std::shared_ptr<Node> node = std::move(pending.back());
    pending.pop_back();
    if (node && node.use_count() == 1) node->drop_tape_into(pending);
  }
}

namespace {

bool& thread_grad_enabled() {
  thread_local bool enabled = true;
  return enabled;
}

uint64_t next_order() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

Var::Var(Tensor value, bool requires_grad) : node_(std::make_shared<Node>()) {
  CHECK(value.defined());
  node_->value = std::move(value);
  node_->requires_grad = requires_grad;
}

const Tensor& Var::value() const {
  CHECK(defined());
  return node_->value;
}

Tensor& Var::value() {
  CHECK(defined());
  return node_->value;
}

bool Var::requires_grad() const { return node_ && node_->requires_grad; }

bool Var::is_leaf() const { return node_ && node_->order == 0; }

const Tensor& Var::grad() const {
  CHECK(defined());
  return node_->grad;
}

Tensor& Var::grad() {
  CHECK(defined());
  // Two inputs of one sum share their gradient; whoever may write gets an own copy.
  if (node_->grad.defined() && !node_->may_add_in_place()) node_->grad = node_->grad.clone();
  return node_->grad;
}

void Var::zero_grad() {
  CHECK(defined());
  if (node_->bound) {
    node_->grad.fill(0.0f);
  } else {
    node_->grad = Tensor();
  }
}

void Var::add_grad(const Tensor& gradient) const {
  if (!requires_grad()) return;
  CHECK(gradient.shape() == shape());
  Tensor& grad = node_->grad;
  if (!grad.defined()) {
    grad = gradient;
  } else if (node_->may_add_in_place()) {
    grad.device().axpy(grad.size(), 1.0f, gradient.data(), grad.data());
  } else {
    Tensor sum = Tensor::uninitialized(shape(), grad.device());
    sum.device().binary(Binary::kAdd, sum.size(), grad.data(), gradient.data(), sum.size(), 1,
                        sum.data());
    grad = std::move(sum);
  }
}

Tensor& Var::accumulator(float* beta) const {
  CHECK(requires_grad());
  Tensor& grad = node_->grad;
  *beta = grad.defined() ? 1.0f : 0.0f;
  if (!grad.defined()) {
    grad = Tensor::uninitialized(shape(), value().device());
  } else if (!node_->may_add_in_place()) {
    grad = grad.clone();
  }
  return grad;
}

void Var::bind(Tensor value, Tensor grad) {
  CHECK(defined());
  CHECK(is_leaf());
  CHECK(value.shape() == shape());
  CHECK(grad.shape() == shape());
  value.copy_from(node_->value);
  grad.fill(0.0f);
  node_->value = std::move(value);
  node_->grad = std::move(grad);
  node_->bound = true;
}

Var make_var(Tensor value, std::vector<Var> inputs, std::function<void(const Tensor&)> gradient) {
  Var out(std::move(value));
  out.node_->order = next_order();
  if (!grad_enabled()) return out;
  const bool wanted = std::any_of(inputs.begin(), inputs.end(),
                                  [](const Var& input) { return input.requires_grad(); });
  if (!wanted) return out;
  out.node_->requires_grad = true;
  out.node_->inputs = std::move(inputs);
  out.node_->gradient = std::move(gradient);
  return out;
}

void backward(const Var& loss) {
  CHECK(loss.value().size() == 1);
  CHECK(loss.requires_grad());
  if (loss.node()->freed) throw CheckFailure("backward: called twice on one tape");

  // The operations above the leaves, in the order in which they were made.
  std::vector<std::shared_ptr<Var::Node>> tape;
  const auto visit = [&](const Var& var) {
    const auto& node = var.node();
    if (!var.requires_grad() || node->visited) return;
    if (node->freed) throw CheckFailure("backward: part of the tape was freed by an earlier call");
    if (!node->gradient) return;
    node->visited = true;
    tape.push_back(node);
  };
  visit(loss);
  for (size_t i = 0; i < tape.size(); ++i)
    for (size_t j = 0; j < tape[i]->inputs.size(); ++j) visit(tape[i]->inputs[j]);
  std::sort(tape.begin(), tape.end(),
            [](const auto& a, const auto& b) { return a->order < b->order; });

  Tensor one = Tensor::uninitialized(loss.shape(), loss.value().device());
  one.fill(1.0f);
  loss.add_grad(one);
  for (; !tape.empty(); tape.pop_back()) {
    Var::Node& node = *tape.back();
    const Tensor grad = std::move(node.grad);
    node.grad = Tensor();
    if (grad.defined()) node.gradient(grad);
    node.gradient = nullptr;
    node.inputs.clear();
    node.visited = false;
    node.freed = true;
  }
}

NoGrad::NoGrad() : before_(thread_grad_enabled()) { thread_grad_enabled() = false; }
NoGrad::~NoGrad() { thread_grad_enabled() = before_; }
bool grad_enabled() { return thread_grad_enabled(); }

}  // namespace tengen::nn
