#include "nn/io/onnx.h"

#include <optional>
#include <set>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "nn/io/onnx_translation.h"

namespace tengen::nn {
namespace {

// Two sizes of batch that are unlikely to be a network's own sizes, so that an axis that differs
// depends on the batch.
constexpr int64_t kBatches[] = {11, 13};

std::vector<Shape> with_batch(const std::vector<Shape>& shapes, int64_t batch) {
  std::vector<Shape> out;
  for (const Shape& shape : shapes) {
    CHECK(shape.rank() > 0);
    std::vector<int64_t> dims = shape.dims();
    dims[0] = batch;
    out.emplace_back(dims);
  }
  return out;
}

[[noreturn]] void refuse_any_batch(const std::string& what) {
  throw Error("ONNX export: " + what +
              ", so that the network cannot be exported for any size of batch; export it with a "
              "fixed batch");
}

// Attributes may differ only where they name the end of an axis: a slice of all rows.
void check_same_operations(const Graph& a, const Graph& b) {
  if (a.nodes.size() != b.nodes.size() || a.outputs != b.outputs)
    refuse_any_batch("other operations are run for another batch");
  for (size_t i = 0; i < a.nodes.size(); ++i) {
    const GraphNode &x = a.nodes[i], &y = b.nodes[i];
    if (x.op != y.op || x.inputs != y.inputs || x.shape.rank() != y.shape.rank())
      refuse_any_batch("operation " + std::to_string(i) + " is '" + x.op + "' or '" + y.op +
                       "', depending on the batch");
    for (const auto& [name, value] : x.attributes)
      if (y.attributes.at(name) != value && !(x.op == "slice" && name == "end"))
        refuse_any_batch("'" + name + "' of '" + x.op + "' depends on the batch");
    if (x.op == "constant" && x.shape == y.shape && x.value.data() != y.value.data() &&
        x.value.to_vector() != y.value.to_vector())
      refuse_any_batch("a constant " + x.shape.text() + " depends on the batch");
  }
}

const OnnxTable& table() {
  static const OnnxTable all = [] {
    OnnxTable table;
    add_elementwise(table);
    add_products(table);
    add_shapes(table);
    add_norms(table);
    add_recurrent(table);
    return table;
  }();
  return all;
}

// "input", or "input0", "input1", ...
std::vector<std::string> names_or(const std::vector<std::string>& given, const char* word,
                                  size_t count) {
  if (!given.empty()) {
    CHECK(given.size() == count);
    return given;
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back(count == 1 ? word : word + std::to_string(i));
  return names;
}

// An axis that is the batch is called "N"; one that depends on it otherwise, after its value.
OnnxValue described(const OnnxTranslation& translation, const std::string& name, int i,
                    int64_t batch) {
  OnnxValue value{name, {}};
  const Shape& shape = translation.shape(i);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!translation.depends_on_batch(i, axis)) {
      value.dims.emplace_back(shape[axis]);
    } else {
      value.dims.emplace_back(shape[axis] == batch ? "N" : name + "_" + std::to_string(axis));
    }
  }
  return value;
}

OnnxModel translated(const TracedTwice& traced, const OnnxOptions& options) {
  std::map<const float*, std::string> names;
  for (const NamedTensor& entry : options.state) names[entry.tensor.data()] = entry.path;
  const Graph& graph = traced.graph;
  const int64_t batch = graph.nodes[static_cast<size_t>(graph.inputs.at(0))].shape[0];
  OnnxTranslation translation(traced, names);
  OnnxModel& model = translation.model();
  const auto input_names = names_or(options.input_names, "input", graph.inputs.size());
  const auto output_names = names_or(options.output_names, "output", graph.outputs.size());
  for (const std::string& name : input_names) translation.reserve(name);
  for (const std::string& name : output_names) translation.reserve(name);
  for (size_t k = 0; k < graph.inputs.size(); ++k) {
    translation.set_rows(graph.inputs[k], input_names[k]);
    model.inputs.push_back(described(translation, input_names[k], graph.inputs[k], batch));
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    if (node.op == "input" || node.op == "constant") continue;
    const auto translator = table().find(node.op);
    if (translator == table().end())
      throw Error("ONNX export: operation '" + node.op +
                  "' has no translation; leave it out of the exported network");
    translator->second(translation, node, static_cast<int>(i));
  }
  for (size_t k = 0; k < graph.outputs.size(); ++k) {
    const int from = graph.outputs[k];
    model.nodes.push_back({"Identity", {translation.rows(from)}, {output_names[k]}, {}});
    model.outputs.push_back(described(translation, output_names[k], from, batch));
  }
  model.metadata = options.metadata;
  return std::move(model);
}

}  // namespace

std::string onnx_bytes(const Forward& forward, const std::vector<Shape>& input_shapes,
                       const OnnxOptions& options) {
  if (!options.any_batch) {
    const Graph graph = trace(forward, input_shapes);
    return onnx_bytes(translated({graph, graph}, options));
  }
  std::optional<Graph> graph, other;
  try {
    graph = trace(forward, with_batch(input_shapes, kBatches[0]));
    other = trace(forward, with_batch(input_shapes, kBatches[1]));
  } catch (const CheckFailure& failure) {
    trace(forward, input_shapes);  // if it fails here too, that is the error to tell
    refuse_any_batch(failure.what());
  }
  check_same_operations(*graph, *other);
  return onnx_bytes(translated({*graph, *other}, options));
}

void save_onnx(const std::string& path, const Forward& forward,
               const std::vector<Shape>& input_shapes, const OnnxOptions& options) {
  write_file_atomically(path, onnx_bytes(forward, input_shapes, options));
}

}  // namespace tengen::nn
