// Functions of one number, element by element.
#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

using Attributes = std::map<std::string, double>;

// The gradient needs only the result ...
Var by_result(const char* name, UnaryOp op, const Var& x, const Attributes& attributes = {}) {
  const Tensor y = unary(op, x.value());
  const Var result = make_var(y, {x}, [x = x.slot(), y, op](const Tensor& dy) {
    Tensor dx = Tensor::uninitialized(y.shape(), y.device());
    y.device().unary_grad(op, y.size(), y.data(), y.data(), dy.data(), dx.data());
    x.add_grad(dx);
  });
  if (tracing()) record_operation(name, {x}, result, attributes);
  return result;
}

// ... or only the argument, which then stands in for the result, too.
Var by_argument(const char* name, UnaryOp op, const Var& x) {
  const Var result = make_var(unary(op, x.value()), {x}, [x, op](const Tensor& dy) {
    const Tensor& value = x.value();
    Tensor dx = Tensor::uninitialized(value.shape(), value.device());
    value.device().unary_grad(op, value.size(), value.data(), value.data(), dy.data(), dx.data());
    x.add_grad(dx);
  });
  if (tracing()) record_operation(name, {x}, result);
  return result;
}

}  // namespace

Var relu(const Var& x) { return by_result("relu", Unary::kRelu, x); }
Var tanh(const Var& x) { return by_result("tanh", Unary::kTanh, x); }
Var sigmoid(const Var& x) { return by_result("sigmoid", Unary::kSigmoid, x); }
Var exp(const Var& x) { return by_result("exp", Unary::kExp, x); }
Var sqrt(const Var& x) { return by_result("sqrt", Unary::kSqrt, x); }

Var leaky_relu(const Var& x, float slope) {
  CHECK(slope >= 0);  // the gradient is told by the sign of the result
  return by_result("leaky_relu", {Unary::kLeakyRelu, slope}, x, {{"slope", slope}});
}

Var elu(const Var& x, float alpha) {
  CHECK(alpha >= 0);
  return by_result("elu", {Unary::kElu, alpha}, x, {{"alpha", alpha}});
}

Var square(const Var& x) { return by_argument("square", Unary::kSquare, x); }
Var log(const Var& x) { return by_argument("log", Unary::kLog, x); }
Var abs(const Var& x) { return by_argument("abs", Unary::kAbs, x); }
Var softplus(const Var& x) { return by_argument("softplus", Unary::kSoftplus, x); }
Var gelu(const Var& x) { return by_argument("gelu", Unary::kGelu, x); }
Var silu(const Var& x) { return by_argument("silu", Unary::kSilu, x); }
Var mish(const Var& x) { return by_argument("mish", Unary::kMish, x); }

Var dropout(const Var& x, float p, Rng& rng) {
  CHECK(p >= 0);
  CHECK(p < 1);
  if (tracing()) throw CheckFailure("dropout cannot be traced: call train(false) first");
  const Rng draws = rng;
  const int64_t size = x.value().size();
  rng.skip((size + 1) / 2);
  Tensor y = Tensor::uninitialized(x.shape(), x.value().device());
  y.device().dropout(size, p, draws, x.value().data(), y.data());
  return make_var(std::move(y), {x}, [x = x.slot(), p, draws, size](const Tensor& dy) {
    Tensor dx = Tensor::uninitialized(x.shape(), dy.device());
    dy.device().dropout(size, p, draws, dy.data(), dx.data());
    x.add_grad(dx);
  });
}

}  // namespace tengen::nn
