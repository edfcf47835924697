// ONNX of ops_product.cpp, ops_conv.cpp and ops_pool.cpp.
#include <algorithm>
#include <string>
#include <utility>

#include "nn/base/check.h"
#include "nn/io/onnx_translation.h"

namespace tengen::nn {
namespace {

using Sizes = std::vector<int64_t>;

int64_t whole(const OnnxTranslation& to, const GraphNode& n, const std::string& name,
              int64_t otherwise) {
  return static_cast<int64_t>(to.attribute(n, name.c_str(), static_cast<double>(otherwise)));
}

// "stride_h" and "stride_w" of an operation on images.
Sizes of_both_axes(const OnnxTranslation& to, const GraphNode& n, const std::string& name,
                   int64_t otherwise) {
  return {whole(to, n, name + "_h", otherwise), whole(to, n, name + "_w", otherwise)};
}

// ONNX's pads: the beginning of each axis, then the end of each.
Sizes pads(const OnnxTranslation& to, const GraphNode& n) {
  Sizes both = of_both_axes(to, n, "padding", 0);
  both.insert(both.end(), {both[0], both[1]});
  return both;
}

void matmul(OnnxTranslation& to, const GraphNode& n, int i) {
  to.set_rows(i, to.add("MatMul", {to.rows(n.inputs[0]), to.rows(n.inputs[1])}));
}

std::string maybe_transposed(OnnxTranslation& to, const GraphNode& n, size_t which,
                             const char* attribute) {
  const std::string matrices = to.rows(n.inputs[which]);
  return to.attribute(n, attribute) != 0 ? to.transposed(matrices, {0, 2, 1}) : matrices;
}

void batch_matmul(OnnxTranslation& to, const GraphNode& n, int i) {
  to.set_rows(i, to.add("MatMul", {maybe_transposed(to, n, 0, "transpose_a"),
                                   maybe_transposed(to, n, 1, "transpose_b")}));
}

void linear(OnnxTranslation& to, const GraphNode& n, int i) {
  std::vector<std::string> inputs;
  for (const int input : n.inputs) inputs.push_back(to.rows(input));
  if (to.shape(n.inputs[0]).rank() == 2) {
    to.set_rows(i, to.add("Gemm", inputs));
    return;
  }
  std::string y = to.add("MatMul", {inputs[0], inputs[1]});
  if (inputs.size() > 2) y = to.add("Add", {y, inputs[2]});
  to.set_rows(i, y);
}

// [kh,kw,I,O] -> [O,I,kh,kw]; a parameter is stored so.
std::string output_first(OnnxTranslation& to, const GraphNode& n) {
  const int i = n.inputs[1];
  if (!to.is_constant(i)) return to.transposed(to.rows(i), {3, 2, 0, 1});
  const Shape& s = to.shape(i);
  const std::vector<float> from = to.constant(n, 1);
  std::vector<float> values(from.size());
  const int64_t taps = s[0] * s[1], in = s[2], out = s[3];
  for (int64_t tap = 0; tap < taps; ++tap)
    for (int64_t c = 0; c < in; ++c)
      for (int64_t k = 0; k < out; ++k)
        values[static_cast<size_t>((k * in + c) * taps + tap)] =
            from[static_cast<size_t>((tap * in + c) * out + k)];
  return to.floats(to.constant_name(i), {out, in, s[0], s[1]}, std::move(values));
}

std::vector<OnnxAttribute> convolution_attributes(const OnnxTranslation& to, const GraphNode& n) {
  const Shape& weight = to.shape(n.inputs[1]);
  return {{"kernel_shape", Sizes{weight[0], weight[1]}},
          {"strides", of_both_axes(to, n, "stride", 1)},
          {"dilations", of_both_axes(to, n, "dilation", 1)},
          {"group", whole(to, n, "groups", 1)},
          {"pads", pads(to, n)}};
}

void convolve(OnnxTranslation& to, const GraphNode& n, int i, const char* type,
              std::vector<OnnxAttribute> attributes) {
  std::vector<std::string> inputs{to.channels_first(n.inputs[0]), output_first(to, n)};
  if (n.inputs.size() > 2) inputs.push_back(to.rows(n.inputs[2]));
  to.set(i, Order::kChannelsFirst, to.add(type, inputs, std::move(attributes)));
}

void conv2d(OnnxTranslation& to, const GraphNode& n, int i) {
  convolve(to, n, i, "Conv", convolution_attributes(to, n));
}

// Our weight is [kh,kw,K/groups,C], ONNX's [C,K/groups,kh,kw]: the same permutation as conv2d's.
void conv_transpose2d(OnnxTranslation& to, const GraphNode& n, int i) {
  std::vector<OnnxAttribute> attributes = convolution_attributes(to, n);
  attributes.push_back({"output_padding", of_both_axes(to, n, "output_padding", 0)});
  convolve(to, n, i, "ConvTranspose", std::move(attributes));
}

void pool(OnnxTranslation& to, const GraphNode& n, int i, const char* type,
          std::vector<OnnxAttribute> attributes) {
  const Sizes kernel = of_both_axes(to, n, "kernel", 1);
  attributes.push_back({"kernel_shape", kernel});
  attributes.push_back({"strides", of_both_axes(to, n, "stride", 1)});
  attributes.push_back({"pads", pads(to, n)});
  to.set(i, Order::kChannelsFirst,
         to.add(type, {to.channels_first(n.inputs[0])}, std::move(attributes)));
}

void max_pool2d(OnnxTranslation& to, const GraphNode& n, int i) { pool(to, n, i, "MaxPool", {}); }

void average_pool2d(OnnxTranslation& to, const GraphNode& n, int i) {
  pool(to, n, i, "AveragePool", {{"count_include_pad", whole(to, n, "count_padding", 1)}});
}

// [N,H,W,C] -> [N,C], from either order.
OnnxTranslator global_pool(const char* type) {
  return [type](OnnxTranslation& to, const GraphNode& n, int i) {
    const Order order = to.order(n.inputs[0]);
    const Sizes axes = order == Order::kRows ? Sizes{1, 2} : Sizes{2, 3};
    to.set_rows(
        i, to.add(type, {to.in(order, n.inputs[0])}, {{"axes", axes}, {"keepdims", int64_t{0}}}));
  };
}

}  // namespace

void add_products(OnnxTable& table) {
  table["matmul"] = matmul;
  table["batch_matmul"] = batch_matmul;
  table["linear"] = linear;
  table["conv2d"] = conv2d;
  table["conv_transpose2d"] = conv_transpose2d;
  table["max_pool2d"] = max_pool2d;
  table["average_pool2d"] = average_pool2d;
  table["global_mean_pool"] = global_pool("ReduceMean");
  table["global_max_pool"] = global_pool("ReduceMax");
}

}  // namespace tengen::nn
