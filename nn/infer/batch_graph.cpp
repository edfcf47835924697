#include "nn/infer/batch_graph.h"

#include <algorithm>
#include <span>
#include <vector>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

template <class Number>
Number grown(Number one, Number two, int64_t rows) {
  return one + static_cast<Number>(rows - 1) * (two - one);
}

Shape grown_shape(const Shape& one, const Shape& two, int64_t rows) {
  std::vector<int64_t> dims;
  for (int axis = 0; axis < one.rank(); ++axis) dims.push_back(grown(one[axis], two[axis], rows));
  return Shape(dims);
}

// A constant of as many rows, such as a first state of zeros.
Tensor grown_constant(const Tensor& one, const Shape& shape) {
  const std::vector<float> values = one.to_vector();
  Tensor grown(shape);
  if (!values.empty()) grown.fill(values.front());
  return grown;
}

bool all_equal(const std::vector<float>& values) {
  return std::ranges::all_of(values, [&](float x) { return x == values.front(); });
}

void check_alike(const GraphNode& one, const GraphNode& two) {
  CHECK(one.op == two.op);
  CHECK(one.inputs == two.inputs);
  CHECK(one.shape.rank() == two.shape.rank());
  CHECK(one.attributes.size() == two.attributes.size());
  for (const auto& [name, value] : one.attributes) CHECK(two.attributes.contains(name));
  if (one.op != "constant") return;
  if (one.shape == two.shape)
    CHECK(one.value.to_vector() == two.value.to_vector());
  else
    CHECK((all_equal(one.value.to_vector()) && all_equal(two.value.to_vector())));
}

}  // namespace

BatchGraph::BatchGraph(const std::function<Graph(int64_t rows)>& graph_of)
    : one_(graph_of(1)), two_(graph_of(2)) {
  CHECK(one_.nodes.size() == two_.nodes.size());
  CHECK(one_.inputs == two_.inputs);
  CHECK(one_.outputs == two_.outputs);
  for (size_t i = 0; i < one_.nodes.size(); ++i) {
    check_alike(one_.nodes[i], two_.nodes[i]);
    if (one_.nodes[i].op == "constant") one_.nodes[i].value = one_.nodes[i].value.clone();
    two_.nodes[i].value = {};
  }
  for (const auto& ends : {one_.inputs, one_.outputs}) {
    for (const int node : ends) {
      CHECK(one_.nodes[node].shape[0] == 1);
      CHECK(two_.nodes[node].shape[0] == 2);
    }
  }
}

Graph BatchGraph::of(int64_t rows) const {
  CHECK(rows >= 1);
  Graph graph = one_;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    GraphNode& node = graph.nodes[i];
    const GraphNode& two = two_.nodes[i];
    const Shape shape = grown_shape(node.shape, two.shape, rows);
    for (auto& [name, value] : node.attributes) value = grown(value, two.attributes.at(name), rows);
    if (node.op == "constant" && shape != node.shape)
      node.value = grown_constant(node.value, shape);
    node.shape = shape;
  }
  return graph;
}

}  // namespace tengen::nn
