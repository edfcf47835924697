#include "nn/cuda/half_products.h"

#include <algorithm>

#include "nn/cuda/plan_kernels.h"

namespace tengen::nn {
namespace {

using Kind = Operation::Kind;

// Multiply-adds from which on a linear layer is worth the conversions around it: a few microseconds
// in float32 on a chip of 60 TFLOP/s, about what a launch costs.
constexpr int64_t kBigLinear = 1 << 27;
// A last convolution with fewer channels is a head.
constexpr int64_t kHeadChannels = 16;

bool is_linear(const Operation& o) { return o.name != "conv2d"; }

class Chooser {
 public:
  Chooser(const Graph& graph, const FoldedGraph& folded)
      : graph_(graph),
        operations_(folded.operations),
        reads_(folded.value_count()),
        feeds_product_(folded.value_count()),
        choices_(folded.operations.size()) {
    for (const int output : folded.outputs) ++reads_[output];
    for (size_t i = operations_.size(); i-- > 0;) {
      const Operation& o = operations_[i];
      const bool feeds =
          o.kind == Kind::kProduct || o.kind == Kind::kRecurrent || feeds_product_[o.output];
      for_each_read(o, [&](int v) {
        ++reads_[v];
        if (feeds) feeds_product_[v] = true;
      });
    }
  }

  std::vector<HalfChoice> choose() {
    for (size_t i = 0; i < operations_.size(); ++i) choices_[i].half = pays(operations_[i]);
    for (size_t i = 0; i < operations_.size(); ++i)
      if (operations_[i].kind == Kind::kAffine) choices_[i].half = read_by_half_product(i);
    for (size_t i = 0; i < operations_.size(); ++i)
      if (operations_[i].kind == Kind::kProduct && choices_[i].half) join_affine(i);
    return choices_;
  }

 private:
  // The last axis of the value must be the channels that the product sees.
  bool has_columns(int value, int64_t columns) const {
    const Shape& shape = graph_.nodes[value].shape;
    return shape.rank() > 0 && shape[-1] == columns;
  }

  bool pays(const Operation& o) const {
    if (o.kind != Kind::kProduct || o.shape.size() == 0) return false;
    const Conv2dShape& s = o.conv;
    if (!has_columns(o.inputs[0], s.in) || (o.residual >= 0 && !has_columns(o.residual, s.out)) ||
        !has_columns(o.output, s.out))
      return false;
    if (s.groups > 1 && (s.group_in() % 8 != 0 || s.group_out() % 8 != 0)) return false;
    if (!is_linear(o)) return feeds_product_[o.output] || s.out >= kHeadChannels;
    return feeds_product_[o.output] && s.n * s.height * s.in * s.out >= kBigLinear;
  }

  bool read_by_half_product(size_t affine) const {
    for (size_t i = affine + 1; i < operations_.size(); ++i)
      if (operations_[i].kind == Kind::kProduct && choices_[i].half &&
          (operations_[i].inputs[0] == operations_[affine].output ||
           operations_[i].residual == operations_[affine].output))
        return true;
    return false;
  }

  // The first scaling of the product's result.
  void join_affine(size_t product) {
    const int value = operations_[product].output;
    for (size_t i = product + 1; i < operations_.size(); ++i) {
      if (operations_[i].kind != Kind::kAffine || operations_[i].inputs[0] != value) continue;
      choices_[product].affine = static_cast<int>(i);
      choices_[product].keeps_y = reads_[value] > 1;
      return;
    }
  }

  const Graph& graph_;
  const std::vector<Operation>& operations_;
  std::vector<int> reads_;           // of each value
  std::vector<bool> feeds_product_;  // whether a product depends on the value
  std::vector<HalfChoice> choices_;
};

// [blocks, columns] in rows of `stride`, zeros between.
std::vector<float> padded(const std::vector<float>& from, int64_t columns, int64_t stride) {
  const int64_t blocks = std::ssize(from) / std::max<int64_t>(1, columns);
  std::vector<float> to(static_cast<size_t>(blocks * stride));
  for (int64_t b = 0; b < blocks; ++b)
    std::copy_n(from.begin() + b * columns, columns, to.begin() + b * stride);
  return to;
}

}  // namespace

std::vector<HalfChoice> choose_half_products(const Graph& graph, const FoldedGraph& folded) {
  return Chooser(graph, folded).choose();
}

HalfConvolutionParts half_parts(const Operation& o, const Operation* affine, bool keeps_y) {
  HalfConvolutionParts parts;
  parts.shape = o.conv;
  const int64_t in = o.conv.group_in(), out = o.conv.out;
  const int64_t all_in = o.conv.groups > 1 ? in : padded_to_eight(in);
  const int64_t all_out = padded_to_eight(out);
  parts.weight = padded(padded(o.weight, out, all_out), in * all_out, all_in * all_out);
  parts.shape.in = o.conv.groups * all_in;
  parts.shape.out = all_out;
  if (std::ranges::any_of(o.bias, [](float x) { return x != 0.0f; }))
    parts.bias = padded(o.bias, out, all_out);
  parts.has_row_bias = o.row_bias >= 0;
  parts.has_residual = o.residual >= 0;
  parts.relu = o.relu;
  parts.keeps_y = keeps_y;
  if (!affine) return parts;
  parts.factor = padded(affine->weight, out, all_out);
  parts.term = padded(affine->bias, out, all_out);
  parts.then_relu = affine->relu;
  return parts;
}

}  // namespace tengen::nn
