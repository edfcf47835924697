// ONNX of ops_shape.cpp, ops_index.cpp and of the sums, means and maxima of ops_reduce.cpp.
#include <limits>

#include "nn/base/check.h"
#include "nn/io/onnx_translation.h"

namespace tengen::nn {
namespace {

void reshape(OnnxTranslation& to, const GraphNode& n, int i) {
  to.set_rows(i, to.reshaped(to.rows(n.inputs[0]), to.sizes(i)));
}

void concat(OnnxTranslation& to, const GraphNode& n, int i) {
  const Order order = to.order(n.inputs[0]);
  const int axis = axis_in(order, to.shape(i), static_cast<int>(to.attribute(n, "axis")));
  std::vector<std::string> parts;
  for (const int part : n.inputs) parts.push_back(to.in(order, part));
  to.set(i, order, to.add("Concat", parts, {{"axis", int64_t{axis}}}));
}

void slice(OnnxTranslation& to, const GraphNode& n, int i) {
  const Order order = to.order(n.inputs[0]);
  const int own_axis = static_cast<int>(to.attribute(n, "axis"));
  const int axis = axis_in(order, to.shape(i), own_axis);
  const int64_t begin = static_cast<int64_t>(to.attribute(n, "begin"));
  int64_t end = static_cast<int64_t>(to.attribute(n, "end"));
  // To the end of the axis, however long it is.
  if (end == to.shape(n.inputs[0])[own_axis]) end = std::numeric_limits<int64_t>::max();
  to.set(i, order,
         to.add("Slice", {to.in(order, n.inputs[0]), to.integers({begin}), to.integers({end}),
                          to.integers({axis})}));
}

OnnxTranslator over_everything(const char* type) {
  return [type](OnnxTranslation& to, const GraphNode& n, int i) {
    const Order order = to.order(n.inputs[0]);
    to.set_rows(i, to.add(type, {to.in(order, n.inputs[0])}, {{"keepdims", int64_t{0}}}));
  };
}

void permute(OnnxTranslation& to, const GraphNode& n, int i) {
  std::vector<int64_t> axes;
  for (int axis = 0; axis < to.shape(i).rank(); ++axis) {
    const std::string name = "axis" + std::to_string(axis);
    axes.push_back(static_cast<int64_t>(to.attribute(n, name.c_str())));
  }
  to.set_rows(i, to.transposed(to.rows(n.inputs[0]), axes));
}

void gather(OnnxTranslation& to, const GraphNode& n, int i) {
  constexpr int64_t kInt64 = 7;  // ONNX's code
  const std::string indices = to.add("Cast", {to.rows(n.inputs[1])}, {{"to", kInt64}});
  to.set_rows(i, to.add("Gather", {to.rows(n.inputs[0]), indices},
                        {{"axis", static_cast<int64_t>(to.attribute(n, "axis"))}}));
}

// In opset 17 the axes of a sum are an input, those of the others an attribute.
void sum_axis(OnnxTranslation& to, const GraphNode& n, int i) {
  const int64_t axis = static_cast<int64_t>(to.attribute(n, "axis"));
  to.set_rows(i, to.add("ReduceSum", {to.rows(n.inputs[0]), to.integers({axis})},
                        {{"keepdims", int64_t{0}}}));
}

OnnxTranslator over_axis(const char* type) {
  return [type](OnnxTranslation& to, const GraphNode& n, int i) {
    const int64_t axis = static_cast<int64_t>(to.attribute(n, "axis"));
    to.set_rows(i, to.add(type, {to.rows(n.inputs[0])},
                          {{"axes", std::vector<int64_t>{axis}}, {"keepdims", int64_t{0}}}));
  };
}

}  // namespace

void add_shapes(OnnxTable& table) {
  table["reshape"] = reshape;
  table["concat"] = concat;
  table["slice"] = slice;
  table["permute"] = permute;
  table["gather"] = gather;
  table["sum"] = over_everything("ReduceSum");
  table["mean"] = over_everything("ReduceMean");
  table["sum_axis"] = sum_axis;
  table["mean_axis"] = over_axis("ReduceMean");
  table["max_axis"] = over_axis("ReduceMax");
}

}  // namespace tengen::nn
