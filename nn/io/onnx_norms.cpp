// ONNX of ops_norm.cpp, ops_group_norm.cpp and ops_attention.cpp.
#include <cmath>
#include <utility>

#include "nn/base/check.h"
#include "nn/io/onnx_translation.h"

namespace tengen::nn {
namespace {

// As x * factor + term where the channels are not ONNX's second axis.
void batch_norm_of_rows(OnnxTranslation& to, const GraphNode& n, int i) {
  std::vector<float> factor = to.constant(n, 1), term = to.constant(n, 2);
  const std::vector<float> mean = to.constant(n, 3), variance = to.constant(n, 4);
  const double epsilon = to.attribute(n, "epsilon");
  for (size_t c = 0; c < factor.size(); ++c) {
    factor[c] = static_cast<float>(factor[c] / std::sqrt(variance[c] + epsilon));
    term[c] -= mean[c] * factor[c];
  }
  const Shape channels = to.shape(n.inputs[1]);
  const std::string scaled = to.add(
      "Mul", {to.rows(n.inputs[0]),
              to.floats(to.constant_name(n.inputs[1]) + ".factor", channels, std::move(factor))});
  to.set_rows(i, to.add("Add", {scaled, to.floats(to.constant_name(n.inputs[2]) + ".term", channels,
                                                  std::move(term))}));
}

void batch_norm_infer(OnnxTranslation& to, const GraphNode& n, int i) {
  const Order order = to.order(n.inputs[0]);
  if (order == Order::kRows && to.shape(i).rank() != 2) return batch_norm_of_rows(to, n, i);
  std::vector<std::string> inputs{to.in(order, n.inputs[0])};
  for (size_t k = 1; k < n.inputs.size(); ++k) inputs.push_back(to.rows(n.inputs[k]));
  to.set(i, order,
         to.add("BatchNormalization", inputs,
                {{"epsilon", static_cast<float>(to.attribute(n, "epsilon"))}}));
}

void layer_norm(OnnxTranslation& to, const GraphNode& n, int i) {
  to.set_rows(i, to.add("LayerNormalization",
                        {to.rows(n.inputs[0]), to.rows(n.inputs[1]), to.rows(n.inputs[2])},
                        {{"axis", int64_t{-1}},
                         {"epsilon", static_cast<float>(to.attribute(n, "epsilon"))}}));
}

// Groups as the channels of an instance norm, which ONNX has had for longer than group norm.
void group_norm(OnnxTranslation& to, const GraphNode& n, int i) {
  const int x = n.inputs[0];
  const int rank = to.shape(x).rank();
  const int64_t groups = static_cast<int64_t>(to.attribute(n, "groups"));
  std::vector<int64_t> sizes = to.sizes(x), there(static_cast<size_t>(rank)), back = there;
  for (int axis = 0; axis < rank; ++axis) {
    there[static_cast<size_t>(axis)] = axis == 0 ? 0 : axis == 1 ? rank - 1 : axis - 1;
    back[static_cast<size_t>(axis)] = axis == 0 ? 0 : axis == rank - 1 ? 1 : axis + 1;
  }
  const std::string channels_first = rank == 4   ? to.channels_first(x)
                                     : rank == 2 ? to.rows(x)
                                                 : to.transposed(to.rows(x), there);
  const size_t count = static_cast<size_t>(groups);
  const std::string normed = to.add("InstanceNormalization",
                                    {to.reshaped(channels_first, {0, groups, -1}),
                                     to.floats("ones", {groups}, std::vector<float>(count, 1.0f)),
                                     to.floats("zeros", {groups}, std::vector<float>(count, 0.0f))},
                                    {{"epsilon", static_cast<float>(to.attribute(n, "epsilon"))}});
  std::vector<int64_t> target, beside;  // [N,C,...], and the axes that follow the channels
  for (const int64_t axis : there) target.push_back(sizes[static_cast<size_t>(axis)]);
  for (int axis = 1; axis + 1 < rank; ++axis) beside.push_back(axis);
  const std::string scaled =
      to.add("Mul", {to.reshaped(normed, target), to.with_axes(n.inputs[1], beside)});
  const std::string y = to.add("Add", {scaled, to.with_axes(n.inputs[2], beside)});
  if (rank == 4) return to.set(i, Order::kChannelsFirst, y);
  to.set_rows(i, rank == 2 ? y : to.transposed(y, back));
}

// Ones where query t of scores [B,Tq,Tk] may see key k, zeros elsewhere.
std::string causal_mask(OnnxTranslation& to, const Shape& scores) {
  const int64_t queries = scores[1], keys = scores[2];
  std::vector<float> seen;
  for (int64_t t = 0; t < queries; ++t)
    for (int64_t k = 0; k < keys; ++k) seen.push_back(k <= t + keys - queries ? 1.0f : 0.0f);
  return to.floats("causal", {queries, keys}, std::move(seen));
}

// [N,1,1,Tk]: ones for the keys before each sequence's length.
std::string length_mask(OnnxTranslation& to, int lengths, int64_t keys) {
  constexpr int64_t kFloat = 1;  // ONNX's code
  std::vector<float> places;
  for (int64_t k = 0; k < keys; ++k) places.push_back(static_cast<float>(k));
  const std::string all = to.floats("places", {keys}, std::move(places));
  return to.add("Cast", {to.add("Less", {all, to.with_axes(lengths, {1, 2, 3})})},
                {{"to", kFloat}});
}

// Hidden scores sink so low that the softmax leaves nothing of them; a query that sees no key at
// all is then multiplied away. Heads are an axis of their own beside the lengths' sequences.
void masked_softmax(OnnxTranslation& to, const GraphNode& n, int i) {
  constexpr float kSunk = 1e30f;
  const Shape& shape = to.shape(i);
  const bool has_lengths = n.inputs.size() > 1;
  const int64_t heads = has_lengths ? shape[0] / to.shape(n.inputs[1])[0] : 1;
  std::string mask;
  if (has_lengths) mask = length_mask(to, n.inputs[1], shape[2]);
  if (to.attribute(n, "causal") != 0) {
    const std::string causal = causal_mask(to, shape);
    mask = mask.empty() ? causal : to.add("Mul", {mask, causal});
  }
  std::string x = to.rows(n.inputs[0]);
  if (has_lengths) x = to.reshaped(x, {-1, heads, shape[1], shape[2]});
  if (!mask.empty()) {
    const std::string hidden = to.add("Sub", {mask, to.number(1.0f)});  // 0 or -1
    x = to.add("Add", {x, to.add("Mul", {hidden, to.number(kSunk)})});
  }
  x = to.add("Softmax", {x}, {{"axis", int64_t{-1}}});
  if (!mask.empty()) x = to.add("Mul", {x, mask});
  to.set_rows(i, has_lengths ? to.reshaped(x, to.sizes(i)) : x);
}

// Over the last axis, the channels.
OnnxTranslator over_channels(const char* type) {
  return [type](OnnxTranslation& to, const GraphNode& n, int i) {
    const Order order = to.order(n.inputs[0]);
    const int axis = axis_in(order, to.shape(i), to.shape(i).rank() - 1);
    to.set(i, order, to.add(type, {to.in(order, n.inputs[0])}, {{"axis", int64_t{axis}}}));
  };
}

}  // namespace

void add_norms(OnnxTable& table) {
  table["batch_norm_infer"] = batch_norm_infer;
  table["layer_norm"] = layer_norm;
  table["group_norm"] = group_norm;
  table["log_softmax"] = over_channels("LogSoftmax");
  table["softmax"] = over_channels("Softmax");
  table["masked_softmax"] = masked_softmax;
}

}  // namespace tengen::nn
