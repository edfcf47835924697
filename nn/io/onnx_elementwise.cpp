// ONNX of ops_elementwise.cpp and ops_activation.cpp.
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "nn/base/check.h"
#include "nn/io/onnx_translation.h"

namespace tengen::nn {
namespace {

// Applies `formula` to the name of x, in the order in which x already is.
OnnxTranslator formula(
    std::function<std::string(OnnxTranslation&, const GraphNode&, std::string)> of) {
  return [of = std::move(of)](OnnxTranslation& to, const GraphNode& n, int i) {
    const Order order = to.order(n.inputs[0]);
    to.set(i, order, of(to, n, to.in(order, n.inputs[0])));
  };
}

OnnxTranslator one_to_one(const char* type) {
  return formula([type](OnnxTranslation& to, const GraphNode&, const std::string& x) {
    return to.add(type, {x});
  });
}

OnnxTranslator with_alpha(const char* type, const char* attribute) {
  return formula([=](OnnxTranslation& to, const GraphNode& n, const std::string& x) {
    return to.add(type, {x}, {{"alpha", static_cast<float>(to.attribute(n, attribute))}});
  });
}

// Whether the axes of a from `first` on are those of b, also in their dependence on the batch.
bool axes_agree(const OnnxTranslation& to, int a, int first, int b) {
  for (int axis = 0; axis < to.shape(b).rank(); ++axis)
    if (to.shape(a)[first + axis] != to.shape(b)[axis] ||
        to.depends_on_batch(a, first + axis) != to.depends_on_batch(b, axis))
      return false;
  return true;
}

// Where in a's axes those of b are missing (ops.h says how b may broadcast).
std::vector<int64_t> missing_axes(const OnnxTranslation& to, const GraphNode& n) {
  const int a = n.inputs[0], b = n.inputs[1];
  const int rank = to.shape(a).rank(), given = to.shape(b).rank();
  std::vector<int64_t> missing(static_cast<size_t>(rank - given));
  if (rank == 4 && given == 2) return {1, 2};
  std::iota(missing.begin(), missing.end(), axes_agree(to, a, rank - given, b) ? 0 : given);
  return missing;
}

// b as it meets a that is channels-first; empty where only rows can say it.
std::string beside_channels_first(OnnxTranslation& to, const GraphNode& n,
                                  const std::vector<int64_t>& missing) {
  const int b = n.inputs[1];
  if (missing.empty()) return to.channels_first(b);
  if (to.shape(b).size() == 1 && to.shape(b).rank() == 0) return to.rows(b);
  if (missing == std::vector<int64_t>{0, 1, 2}) return to.with_axes(b, {1, 2});     // [C,1,1]
  if (missing == std::vector<int64_t>{1, 2}) return to.with_axes(b, {2, 3});        // [N,C,1,1]
  if (missing == std::vector<int64_t>{1, 2, 3}) return to.with_axes(b, {1, 2, 3});  // [N,1,1,1]
  return "";
}

OnnxTranslator binary(const char* type) {
  return [type](OnnxTranslation& to, const GraphNode& n, int i) {
    const int a = n.inputs[0], b = n.inputs[1];
    const std::vector<int64_t> missing = missing_axes(to, n);
    if (to.order(a) == Order::kChannelsFirst ||
        (missing.empty() && to.order(b) == Order::kChannelsFirst)) {
      const std::string beside = beside_channels_first(to, n, missing);
      if (!beside.empty()) {
        to.set(i, Order::kChannelsFirst, to.add(type, {to.channels_first(a), beside}));
        return;
      }
    }
    // Axes missing at the front ONNX supposes by itself.
    const bool leading = !missing.empty() && missing[0] == 0;
    to.set_rows(i, to.add(type, {to.rows(a), leading ? to.rows(b) : to.with_axes(b, missing)}));
  };
}

}  // namespace

void add_elementwise(OnnxTable& table) {
  table["add"] = binary("Add");
  table["subtract"] = binary("Sub");
  table["multiply"] = binary("Mul");
  table["divide"] = binary("Div");
  table["maximum"] = binary("Max");
  table["minimum"] = binary("Min");
  for (const auto& [op, type] : std::map<const char*, const char*>{{"relu", "Relu"},
                                                                   {"tanh", "Tanh"},
                                                                   {"sigmoid", "Sigmoid"},
                                                                   {"softplus", "Softplus"},
                                                                   {"exp", "Exp"},
                                                                   {"log", "Log"},
                                                                   {"sqrt", "Sqrt"},
                                                                   {"abs", "Abs"}})
    table[op] = one_to_one(type);
  table["leaky_relu"] = with_alpha("LeakyRelu", "slope");
  table["elu"] = with_alpha("Elu", "alpha");

  using To = OnnxTranslation;
  using Node = GraphNode;
  using Name = std::string;
  table["square"] = formula([](To& to, const Node&, Name x) { return to.add("Mul", {x, x}); });
  table["scale"] = formula([](To& to, const Node& n, Name x) {
    return to.add("Mul", {x, to.number(static_cast<float>(to.attribute(n, "factor")))});
  });
  table["silu"] = formula([](To& to, const Node&, Name x) {
    return to.add("Mul", {x, to.add("Sigmoid", {x})});
  });
  table["mish"] = formula([](To& to, const Node&, Name x) {
    return to.add("Mul", {x, to.add("Tanh", {to.add("Softplus", {x})})});
  });
  // x Phi(x); as an operation of its own only from opset 20 on.
  table["gelu"] = formula([](To& to, const Node&, Name x) {
    const Name erf = to.add("Erf", {to.add("Mul", {x, to.number(std::sqrt(0.5f))})});
    const Name half = to.add("Mul", {x, to.number(0.5f)});
    return to.add("Mul", {half, to.add("Add", {erf, to.number(1.0f)})});
  });
}

}  // namespace tengen::nn
