#include "nn/io/onnx_translation.h"

#include <algorithm>
#include <utility>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

const std::vector<int64_t> kToChannelsFirst = {0, 3, 1, 2};
const std::vector<int64_t> kToRows = {0, 2, 3, 1};

}  // namespace

int axis_in(Order order, const Shape& shape, int axis) {
  if (order == Order::kRows || shape.rank() != 4) return axis;
  constexpr int kPlaces[] = {0, 2, 3, 1};
  return kPlaces[axis];
}

OnnxTranslation::OnnxTranslation(const TracedTwice& traced,
                                 const std::map<const float*, std::string>& names)
    : traced_(traced),
      names_(names),
      rows_(traced.graph.nodes.size()),
      channels_first_(traced.graph.nodes.size()) {}

double OnnxTranslation::attribute(const GraphNode& n, const char* name) const {
  const auto found = n.attributes.find(name);
  if (found == n.attributes.end())
    throw Error("ONNX export: operation '" + n.op + "' lacks its attribute '" + name + "'");
  return found->second;
}

double OnnxTranslation::attribute(const GraphNode& n, const char* name, double otherwise) const {
  const auto found = n.attributes.find(name);
  return found == n.attributes.end() ? otherwise : found->second;
}

bool OnnxTranslation::depends_on_batch(int i, int axis) const {
  return shape(i)[axis] != traced_.other.nodes[static_cast<size_t>(i)].shape[axis];
}

std::vector<int64_t> OnnxTranslation::sizes(int i) const {
  std::vector<int64_t> sizes = shape(i).dims();
  int depending = 0;
  for (int axis = 0; axis < shape(i).rank(); ++axis) {
    if (!depends_on_batch(i, axis)) continue;
    sizes[static_cast<size_t>(axis)] = -1;
    ++depending;
  }
  if (depending > 1)
    throw Error("ONNX export: more than one axis of a result " + shape(i).text() + " of '" +
                node(i).op + "' depends on the batch; export with a fixed batch");
  return sizes;
}

std::vector<float> OnnxTranslation::constant(const GraphNode& n, size_t which) const {
  const int i = n.inputs.at(which);
  if (!is_constant(i))
    throw Error("ONNX export: input " + std::to_string(which) + " of '" + n.op +
                "' must be a parameter or a buffer");
  return node(i).value.to_vector();
}

std::string OnnxTranslation::constant_name(int i) const {
  const auto found = names_.find(node(i).value.data());
  return found == names_.end() ? "constant" + std::to_string(i) : found->second;
}

Order OnnxTranslation::order(int i) const {
  const size_t at = static_cast<size_t>(i);
  return rows_[at].empty() && !channels_first_[at].empty() ? Order::kChannelsFirst : Order::kRows;
}

std::string OnnxTranslation::in(Order order, int i) {
  const size_t at = static_cast<size_t>(i);
  if (rows_[at].empty() && channels_first_[at].empty() && is_constant(i))
    rows_[at] = constant_value(i);
  if (order == Order::kRows) {
    if (rows_[at].empty()) CHECK(!channels_first_[at].empty());
    if (rows_[at].empty()) rows_[at] = transposed(channels_first_[at], kToRows);
    return rows_[at];
  }
  CHECK(shape(i).rank() == 4);
  if (channels_first_[at].empty()) channels_first_[at] = transposed(rows(i), kToChannelsFirst);
  return channels_first_[at];
}

void OnnxTranslation::set(int i, Order order, const std::string& name) {
  (order == Order::kRows ? rows_ : channels_first_)[static_cast<size_t>(i)] = name;
}

std::string OnnxTranslation::fresh(const std::string& hint) {
  const int before = used_[hint]++;
  if (before == 0) return hint;
  return fresh(hint + "_" + std::to_string(before));
}

std::string OnnxTranslation::add(const char* type, std::vector<std::string> inputs,
                                 std::vector<OnnxAttribute> attributes) {
  return add_many(type, std::move(inputs), std::move(attributes), 1)[0];
}

std::vector<std::string> OnnxTranslation::add_many(const char* type,
                                                   std::vector<std::string> inputs,
                                                   std::vector<OnnxAttribute> attributes,
                                                   int outputs) {
  std::string hint = type;
  for (char& c : hint) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  std::vector<std::string> names;
  for (int output = 0; output < outputs; ++output) names.push_back(fresh(hint));
  model_.nodes.push_back({type, std::move(inputs), names, std::move(attributes)});
  return names;
}

std::string OnnxTranslation::floats(const std::string& name, Shape shape,
                                    std::vector<float> values) {
  model_.constants.push_back({fresh(name), shape.dims(), std::move(values)});
  return model_.constants.back().name;
}

std::string OnnxTranslation::number(float value) {
  std::string& name = numbers_[value];
  if (name.empty()) name = floats("number", Shape{}, {value});
  return name;
}

std::string OnnxTranslation::integers(const std::vector<int64_t>& values) {
  std::string& name = integers_[values];
  if (name.empty()) {
    name = fresh("integers");
    model_.constants.push_back({name, {static_cast<int64_t>(values.size())}, values});
  }
  return name;
}

std::string OnnxTranslation::reshaped(const std::string& value, const std::vector<int64_t>& sizes) {
  return add("Reshape", {value, integers(sizes)});
}

std::string OnnxTranslation::with_axes(int i, const std::vector<int64_t>& axes) {
  return axes.empty() ? rows(i) : add("Unsqueeze", {rows(i), integers(axes)});
}

std::string OnnxTranslation::transposed(const std::string& value,
                                        const std::vector<int64_t>& order) {
  return add("Transpose", {value}, {{"perm", order}});
}

std::string OnnxTranslation::constant_value(int i) {
  for (int axis = 0; axis < shape(i).rank(); ++axis)
    if (depends_on_batch(i, axis)) return repeated_over_batch(i);
  return floats(constant_name(i), shape(i), node(i).value.to_vector());
}

// A constant as large as the batch (a first state of zeros): its one row, repeated.
std::string OnnxTranslation::repeated_over_batch(int i) {
  const GraphNode& n = node(i);
  std::vector<float> values = n.value.to_vector();
  const int input = traced_.graph.inputs.at(0);
  const size_t row = values.size() / static_cast<size_t>(n.shape[0]);
  bool repeats = depends_on_batch(i, 0) && n.shape[0] == shape(input)[0];
  for (size_t at = row; repeats && at < values.size(); ++at)
    repeats = values[at] == values[at - row];
  if (!repeats)
    throw Error("ONNX export: a constant " + n.shape.text() +
                " depends on the size of the batch; export with a fixed batch");
  values.resize(row);
  std::vector<int64_t> dims = n.shape.dims();
  dims[0] = 1;
  const std::string one = floats(constant_name(i), Shape(dims), std::move(values));
  const std::string batch = add("Gather", {add("Shape", {rows(input)}), integers({0})});
  const std::vector<int64_t> rest(dims.begin() + 1, dims.end());
  const std::string target =
      rest.empty() ? batch : add("Concat", {batch, integers(rest)}, {{"axis", int64_t{0}}});
  return add("Expand", {one, target});
}

}  // namespace tengen::nn
