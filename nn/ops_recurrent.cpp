// Recurrent layers: whole sequences behind the device, value and gradient.
#include <algorithm>
#include <memory>

#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/precision.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

const float* data_or_null(const Tensor& t) { return t.defined() ? t.data() : nullptr; }
float* data_or_null(Tensor& t) { return t.defined() ? t.data() : nullptr; }
const float* data_or_null(const Var& v) { return v.defined() ? v.value().data() : nullptr; }

// The gradients of the last states, which arrive before that of y: they were made after it.
struct LastGradients {
  Tensor h, c;
};

// What one call is about; shared by value and gradient.
class Recurrent {
 public:
  Recurrent(const char* op, Recurrence kind, const Var& x, const RecurrentWeights& weights,
            const RecurrentState& first, const RecurrentOptions& options)
      : op_(op), x_(x), weights_(weights), first_(first), lengths_(options.lengths) {
    if (x.shape().rank() != 3) wrong_shape(op, "x [N,T,I]", x.shape());
    if (weights.recurrent.shape().rank() != 2)
      wrong_shape(op, "recurrent weight [H,G*H]", weights.recurrent.shape());
    shape_.kind = kind;
    shape_.rows = x.shape()[0];
    shape_.steps = x.shape()[1];
    shape_.in = x.shape()[2];
    shape_.hidden = weights.recurrent.shape()[0];
    shape_.reverse = options.reverse;
    shape_.precision = product_precision();
    check_shapes();
    check_lengths();
  }

  RecurrentResult run() {
    if (tracing()) make_constants();
    Device& device = x_.value().device();
    const RecurrentShape shape = shape_with_lengths();
    const Shape state{shape.rows, shape.hidden};
    Tensor y = Tensor::uninitialized({shape.rows, shape.steps, shape.hidden}, device);
    Tensor saved = Tensor::uninitialized({device.recurrent_saved(shape)}, device);
    Tensor h = Tensor::uninitialized(state, device), c;
    if (is_lstm()) c = Tensor::uninitialized(state, device);
    device.recurrent(shape, inputs(), {y.data(), h.data(), data_or_null(c), saved.data()});

    const auto last = std::allocate_shared<LastGradients>(BlockAllocator<LastGradients>());
    RecurrentResult result;
    result.y = make_var(
        y, {x_, weights_.input, weights_.recurrent, weights_.bias, first_.h, first_.c},
        [*this, y, saved, last](const Tensor& dy) mutable { add_gradients(dy, y, saved, *last); });
    record(result.y);
    result.last.h = state_of(result.y, h, 0, last, &LastGradients::h);
    if (is_lstm()) result.last.c = state_of(result.y, c, 1, last, &LastGradients::c);
    return result;
  }

 private:
  bool is_lstm() const { return shape_.kind == Recurrence::kLstm; }

  void expect(const Var& var, const char* name, const Shape& shape, bool may_be_empty) const {
    if (may_be_empty && !var.defined()) return;
    if (!var.defined()) throw CheckFailure(std::string(op_) + ": " + name + " is missing");
    if (var.shape() != shape) wrong_shape(op_, std::string(name) + " " + shape.text(), var.shape());
  }

  void check_shapes() const {
    const int64_t columns = shape_.gates() * shape_.hidden;
    expect(weights_.input, "input weight", {shape_.in, columns}, false);
    expect(weights_.recurrent, "recurrent weight", {shape_.hidden, columns}, false);
    expect(weights_.bias, "bias", {shape_.bias_gates() * shape_.hidden}, true);
    expect(first_.h, "first h", {shape_.rows, shape_.hidden}, true);
    if (is_lstm()) expect(first_.c, "first c", {shape_.rows, shape_.hidden}, true);
    if (!is_lstm() && first_.c.defined())
      throw CheckFailure(std::string(op_) + ": has no cell state c");
  }

  void check_lengths() const {
    if (lengths_.empty()) return;
    if (tracing()) throw CheckFailure(std::string(op_) + ": a trace takes no lengths");
    if (static_cast<int64_t>(lengths_.size()) != shape_.rows)
      throw CheckFailure(std::string(op_) + ": " + std::to_string(lengths_.size()) +
                         " lengths for x " + x_.shape().text());
    for (int32_t length : lengths_)
      if (length < 0 || length > shape_.steps)
        throw CheckFailure(std::string(op_) + ": length " + std::to_string(length) + " in x " +
                           x_.shape().text());
  }

  // A graph has them all, so that its readers need not tell what was left out.
  void make_constants() {
    Device& device = x_.value().device();
    const auto zeros_for = [&](Var& var, Shape shape) {
      if (!var.defined()) var = Var(Tensor(std::move(shape), device));
    };
    zeros_for(weights_.bias, {shape_.bias_gates() * shape_.hidden});
    zeros_for(first_.h, {shape_.rows, shape_.hidden});
    if (is_lstm()) zeros_for(first_.c, {shape_.rows, shape_.hidden});
  }

  RecurrentShape shape_with_lengths() const {
    RecurrentShape shape = shape_;
    if (!lengths_.empty()) shape.lengths = lengths_.data();
    return shape;
  }

  RecurrentInputs inputs() const {
    return {x_.value().data(),
            weights_.input.value().data(),
            weights_.recurrent.value().data(),
            data_or_null(weights_.bias),
            data_or_null(first_.h),
            data_or_null(first_.c)};
  }

  void record(const Var& y) const {
    if (!tracing()) return;
    std::map<std::string, double> attributes{{"reverse", shape_.reverse}};
    if (shape_.is_rnn()) attributes["relu"] = shape_.kind == Recurrence::kRnnRelu;
    record_operation(op_,
                     {x_, weights_.input, weights_.recurrent, weights_.bias, first_.h, first_.c}, y,
                     attributes);
  }

  // A last state as a value of its own, whose gradient waits until y's is asked for.
  static Var state_of(const Var& y, const Tensor& value, int cell,
                      const std::shared_ptr<LastGradients>& last, Tensor LastGradients::*slot) {
    const Var state = make_var(value, {y}, [to = y.slot(), last, slot](const Tensor& gradient) {
      (*last).*slot = gradient;
      if (!to.entry()->grad.defined()) to.add_grad(Tensor(to.shape(), gradient.device()));
    });
    if (tracing()) record_operation("recurrent_state", {y}, state, {{"cell", cell}});
    return state;
  }

  // The gradient's own memory, to be added to; zero if it is new.
  static float* added_to(const Var& var) {
    if (!var.requires_grad()) return nullptr;
    float beta = 0.0f;
    Tensor& grad = var.accumulator(&beta);
    if (beta == 0.0f) grad.fill(0.0f);
    return grad.data();
  }
  static Tensor wanted(const Var& var, Device& device) {
    return var.requires_grad() ? Tensor::uninitialized(var.shape(), device) : Tensor();
  }

  void add_gradients(const Tensor& dy, const Tensor& y, Tensor& saved, const LastGradients& last) {
    Device& device = dy.device();
    Tensor dx = wanted(x_, device), dh0 = wanted(first_.h, device), dc0 = wanted(first_.c, device);
    device.recurrent_grad(shape_with_lengths(), inputs(), y.data(), saved.data(),
                          {dy.data(), data_or_null(last.h), data_or_null(last.c), data_or_null(dx),
                           data_or_null(dh0), data_or_null(dc0), added_to(weights_.input),
                           added_to(weights_.recurrent), added_to(weights_.bias)});
    if (dx.defined()) x_.add_grad(dx);
    if (dh0.defined()) first_.h.add_grad(dh0);
    if (dc0.defined()) first_.c.add_grad(dc0);
  }

  const char* op_;
  Var x_;
  RecurrentWeights weights_;
  RecurrentState first_;
  std::vector<int32_t> lengths_;
  RecurrentShape shape_;
};

}  // namespace

RecurrentResult rnn(const Var& x, const RecurrentWeights& weights, const RecurrentState& first,
                    RnnActivation activation, const RecurrentOptions& options) {
  const Recurrence kind =
      activation == RnnActivation::kRelu ? Recurrence::kRnnRelu : Recurrence::kRnnTanh;
  return Recurrent("rnn", kind, x, weights, first, options).run();
}

RecurrentResult lstm(const Var& x, const RecurrentWeights& weights, const RecurrentState& first,
                     const RecurrentOptions& options) {
  return Recurrent("lstm", Recurrence::kLstm, x, weights, first, options).run();
}

RecurrentResult gru(const Var& x, const RecurrentWeights& weights, const RecurrentState& first,
                    const RecurrentOptions& options) {
  return Recurrent("gru", Recurrence::kGru, x, weights, first, options).run();
}

}  // namespace tengen::nn
