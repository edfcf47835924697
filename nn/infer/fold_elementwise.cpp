// Operations on single numbers; sums, scalings and rectifiers join the product before them.
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

#include "nn/infer/folder.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

using Kind = Operation::Kind;

void call_unary(Folder& to, int i, UnaryOp op) {
  to.call(i, [op, n = to.shape(i).size()](const Arguments& at) {
    at.device.unary(op, n, at.in(0), at.out());
  });
}

void emit_binary(Folder& to, int i, Binary op) {
  const int a = to.input(i, 0), b = to.input(i, 1);
  Operation& o = to.emit(i, Kind::kBinary, {a, b});
  o.binary = op;
  o.way = broadcast_of(o.name.c_str(), to.shape(a), to.shape(b));
}

// i = v * factor + term over the last axis.
void join_affine(Folder& to, int i, int v, std::vector<float> factor, std::vector<float> term) {
  Operation* product = to.open_product(v);
  if (!product || product->residual >= 0) {
    Operation& o = to.emit(i, Kind::kAffine, {v});
    o.weight = std::move(factor);
    o.bias = std::move(term);
    return;
  }
  const size_t out = factor.size();
  for (size_t j = 0; j < product->weight.size(); ++j) product->weight[j] *= factor[j % out];
  for (size_t c = 0; c < out; ++c) product->bias[c] = product->bias[c] * factor[c] + term[c];
  for (size_t c = 0; c < product->row_bias_factor.size(); ++c)
    product->row_bias_factor[c] *= factor[c];
  to.move_to(v, i);
}

void fold_scale(Folder& to, int i) {
  const float factor = static_cast<float>(to.attribute(i, "factor"));
  const size_t channels = to.shape(i).rank() > 0 ? to.shape(i)[-1] : 1;
  join_affine(to, i, to.input(i, 0), std::vector<float>(channels, factor),
              std::vector<float>(channels));
}

void fold_batch_norm(Folder& to, int i) {
  if (!to.constants_from(i, 1)) {
    const float epsilon = static_cast<float>(to.attribute(i, "epsilon"));
    const int64_t channels = to.shape(i)[-1], rows = to.shape(i).size() / channels;
    to.call(
        i,
        [=](const Arguments& at) {
          const auto join = [&](Binary op, int64_t n, const float* a, const float* b, float* y) {
            at.device.binary(op, n, a, b, channels, 1, y);
          };
          float *deviation = at.scratch(), *factor = deviation + channels;
          at.device.fill(channels, epsilon, deviation);
          at.device.axpy(channels, 1.0f, at.in(4), deviation);
          at.device.unary(Unary::kSqrt, channels, deviation, deviation);
          join(Binary::kDivide, channels, at.in(1), deviation, factor);
          join(Binary::kSubtract, rows * channels, at.in(0), at.in(3), at.out());
          join(Binary::kMultiply, rows * channels, at.out(), factor, at.out());
          join(Binary::kAdd, rows * channels, at.out(), at.in(2), at.out());
        },
        2 * channels);
    return;
  }
  const double epsilon = to.attribute(i, "epsilon");
  std::vector<float> factor = to.constant(i, 1), term = to.constant(i, 2);
  const std::vector<float> mean = to.constant(i, 3), variance = to.constant(i, 4);
  for (size_t c = 0; c < factor.size(); ++c) {
    factor[c] = static_cast<float>(factor[c] / std::sqrt(variance[c] + epsilon));
    term[c] -= mean[c] * factor[c];
  }
  join_affine(to, i, to.input(i, 0), std::move(factor), std::move(term));
}

void fold_relu(Folder& to, int i) {
  const Operation* before = to.open_maker(to.input(i, 0));
  if (before && (before->kind == Kind::kProduct || before->kind == Kind::kBinary ||
                 before->kind == Kind::kAffine))
    to.move_to(to.input(i, 0), i).relu = true;
  else
    call_unary(to, i, Unary::kRelu);
}

// Whether b is one number a channel, for all that a holds.
bool one_a_channel(const Shape& a, const Shape& b) {
  return a != b && a.rank() > 0 && b.rank() > 0 && b[-1] == a[-1] && b.size() == a[-1];
}

// Whether b is one number a channel of each image that the product makes.
bool one_an_image(const Operation& product, const Shape& a, const Shape& b) {
  if (one_a_channel(a, b)) return a[0] == 1;
  return a.rank() == 4 && b.rank() == 2 && b[0] == product.conv.n;
}

void fold_add(Folder& to, int i) {
  const int a = to.input(i, 0), b = to.input(i, 1);
  if (one_a_channel(to.shape(a), to.shape(b)) && to.is_constant(b)) {
    const std::vector<float> term = to.node(b).value.to_vector();  // may mask by infinities
    return join_affine(to, i, a, std::vector<float>(term.size(), 1.0f), term);
  }
  Operation* product = to.open_product(a);
  if (product && product->residual < 0 && product->row_bias < 0 &&
      one_an_image(*product, to.shape(a), to.shape(b))) {
    product->row_bias = to.root(b);
    product->row_bias_factor.assign(product->conv.out, 1.0f);
    to.move_to(a, i);
    return;
  }
  if (to.shape(a) == to.shape(b) && a != b) {
    const int v = product && product->residual < 0 ? a : b;
    product = to.open_product(v);
    if (product && product->residual < 0) {
      product->residual = to.root(v == a ? b : a);
      to.move_to(v, i);
      return;
    }
  }
  emit_binary(to, i, Binary::kAdd);
}

}  // namespace

void fold_elementwise(FoldTable& table) {
  for (const auto& [name, op] : {std::pair{"tanh", Unary::kTanh},
                                 {"sigmoid", Unary::kSigmoid},
                                 {"square", Unary::kSquare},
                                 {"exp", Unary::kExp},
                                 {"log", Unary::kLog},
                                 {"sqrt", Unary::kSqrt},
                                 {"abs", Unary::kAbs},
                                 {"softplus", Unary::kSoftplus},
                                 {"gelu", Unary::kGelu},
                                 {"silu", Unary::kSilu},
                                 {"mish", Unary::kMish}})
    table[name] = [op = op](Folder& to, int i) { call_unary(to, i, op); };
  for (const auto& [name, op, parameter] :
       {std::tuple{"leaky_relu", Unary::kLeakyRelu, "slope"}, {"elu", Unary::kElu, "alpha"}})
    table[name] = [op = op, parameter = parameter](Folder& to, int i) {
      call_unary(to, i, {op, static_cast<float>(to.attribute(i, parameter))});
    };
  for (const auto& [name, op] : {std::pair{"subtract", Binary::kSubtract},
                                 {"multiply", Binary::kMultiply},
                                 {"divide", Binary::kDivide},
                                 {"maximum", Binary::kMaximum},
                                 {"minimum", Binary::kMinimum}})
    table[name] = [op = op](Folder& to, int i) { emit_binary(to, i, op); };
  table["add"] = fold_add;
  table["scale"] = fold_scale;
  table["batch_norm_infer"] = fold_batch_norm;
  table["relu"] = fold_relu;
}

}  // namespace tengen::nn
