// ONNX of ops_recurrent.cpp: RNN, LSTM and GRU of one direction. ONNX has time first, [T,N,I], one
// leading axis of directions on weights and states, and its own orders of gates.
#include <algorithm>
#include <string>
#include <utility>

#include "nn/base/check.h"
#include "nn/io/onnx_translation.h"

namespace tengen::nn {
namespace {

struct Recurrent {
  const char* type;
  std::vector<int> gates;  // ONNX's gate k is our gate gates[k]
};

// [n, G*H] -> [1, G*H, n] with the gates in ONNX's order.
std::string gate_first(OnnxTranslation& to, const GraphNode& n, size_t which,
                       const std::vector<int>& gates) {
  const int i = n.inputs[which];
  const std::vector<float> from = to.constant(n, which);
  const int64_t rows = to.shape(i)[0], columns = to.shape(i)[1];
  const int64_t hidden = columns / static_cast<int64_t>(gates.size());
  std::vector<float> values;
  values.reserve(from.size());
  for (const int gate : gates)
    for (int64_t h = 0; h < hidden; ++h)
      for (int64_t row = 0; row < rows; ++row)
        values.push_back(from[static_cast<size_t>(row * columns + gate * hidden + h)]);
  return to.floats(to.constant_name(i), {1, columns, rows}, std::move(values));
}

// ONNX adds two biases, the input's [G*H] and the recurrent product's. Ours is one, but for the
// GRU's, which ends with the new gate's second.
std::string both_biases(OnnxTranslation& to, const GraphNode& n, const std::vector<int>& gates) {
  const std::vector<float> from = to.constant(n, 3);
  const size_t count = gates.size();
  const size_t hidden = static_cast<size_t>(to.shape(n.inputs[2])[0]);
  std::vector<float> values(2 * count * hidden);
  for (size_t k = 0; k < count; ++k)
    std::copy_n(&from[static_cast<size_t>(gates[k]) * hidden], hidden, &values[k * hidden]);
  if (from.size() > count * hidden)
    std::copy_n(&from[count * hidden], hidden, &values[(2 * count - 1) * hidden]);
  const int64_t length = static_cast<int64_t>(values.size());
  return to.floats(to.constant_name(n.inputs[3]), {1, length}, std::move(values));
}

std::string first_state(OnnxTranslation& to, const GraphNode& n, size_t which) {
  return to.with_axes(n.inputs[which], {0});
}

std::string time_first(OnnxTranslation& to, int i) {
  std::string& name = to.beside(i, "time first");
  if (name.empty()) name = to.transposed(to.rows(i), {1, 0, 2});
  return name;
}

OnnxTranslator recurrent(Recurrent kind) {
  return [kind = std::move(kind)](OnnxTranslation& to, const GraphNode& n, int i) {
    std::vector<std::string> inputs{time_first(to, n.inputs[0]),
                                    gate_first(to, n, 1, kind.gates),
                                    gate_first(to, n, 2, kind.gates),
                                    both_biases(to, n, kind.gates),
                                    "",  // all sequences have the same length
                                    first_state(to, n, 4)};
    const bool has_cell = n.inputs.size() > 5;
    if (has_cell) inputs.push_back(first_state(to, n, 5));
    std::vector<OnnxAttribute> attributes{
        {"hidden_size", to.shape(n.inputs[2])[0]},
        {"direction", std::string(to.attribute(n, "reverse", 0) != 0 ? "reverse" : "forward")}};
    if (to.attribute(n, "relu", 0) != 0)
      attributes.push_back({"activations", std::vector<std::string>{"Relu"}});
    if (kind.gates.size() == 3) attributes.push_back({"linear_before_reset", int64_t{1}});
    const std::vector<std::string> y =
        to.add_many(kind.type, inputs, std::move(attributes), has_cell ? 3 : 2);
    to.beside(i, "last h") = y[1];
    if (has_cell) to.beside(i, "last c") = y[2];
    to.beside(i, "time first") = to.add("Squeeze", {y[0], to.integers({1})});
    to.set_rows(i, to.transposed(to.beside(i, "time first"), {1, 0, 2}));
  };
}

void recurrent_state(OnnxTranslation& to, const GraphNode& n, int i) {
  const bool cell = to.attribute(n, "cell") != 0;
  const std::string state = to.beside(n.inputs[0], cell ? "last c" : "last h");
  CHECK(!state.empty());
  to.set_rows(i, to.add("Squeeze", {state, to.integers({0})}));
}

}  // namespace

void add_recurrent(OnnxTable& table) {
  table["rnn"] = recurrent({"RNN", {0}});
  table["lstm"] = recurrent({"LSTM", {0, 3, 1, 2}});  // i,f,g,o as i,o,f,c
  table["gru"] = recurrent({"GRU", {1, 0, 2}});       // r,z,n as z,r,h
  table["recurrent_state"] = recurrent_state;
}

}  // namespace tengen::nn
