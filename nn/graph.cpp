#include "nn/graph.h"

#include <unordered_map>
#include <utility>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

// The graph under construction; keeps every Var alive, so that an address means one value.
class Recorder {
 public:
  int add_input(const Var& var) { return add("input", {}, var, {}, Tensor()); }

  void add_operation(const char* op, const std::vector<Var>& inputs, const Var& result,
                     std::map<std::string, double> attributes) {
    std::vector<int> from;
    for (const Var& input : inputs)
      if (input.defined()) from.push_back(index_or_constant(op, input));
    add(op, std::move(from), result, std::move(attributes), Tensor());
  }

  int index_of(const Var& var, const char* what) const {
    const auto found = index_.find(var.node().get());
    if (found == index_.end())
      throw CheckFailure(std::string("trace: ") + what + " " + var.shape().text() +
                         " was made by an operation that does not record itself");
    return found->second;
  }

  Graph graph;

 private:
  int index_or_constant(const char* op, const Var& var) {
    const auto found = index_.find(var.node().get());
    if (found != index_.end()) return found->second;
    if (!var.is_leaf()) {
      throw CheckFailure(std::string("trace: an input ") + var.shape().text() + " of " + op +
                         " was made by an operation that does not record itself");
    }
    return add("constant", {}, var, {}, var.value());
  }

  int add(const char* op, std::vector<int> inputs, const Var& var,
          std::map<std::string, double> attributes, Tensor value) {
    const int index = static_cast<int>(graph.nodes.size());
    graph.nodes.push_back(
        {op, std::move(inputs), std::move(attributes), var.shape(), std::move(value)});
    index_[var.node().get()] = index;
    alive_.push_back(var);
    return index;
  }

  std::unordered_map<const Var::Node*, int> index_;
  std::vector<Var> alive_;
};

Recorder*& open_recorder() {
  thread_local Recorder* recorder = nullptr;
  return recorder;
}

// Opens a trace for its scope, also when forward throws.
class OpenTrace {
 public:
  explicit OpenTrace(Recorder& recorder) { open_recorder() = &recorder; }
  ~OpenTrace() { open_recorder() = nullptr; }
};

}  // namespace

Graph trace(const Forward& forward, const std::vector<Shape>& input_shapes) {
  CHECK(!tracing());
  Recorder recorder;
  OpenTrace open(recorder);
  NoGrad no_grad;
  std::vector<Var> inputs;
  for (const Shape& shape : input_shapes) {
    inputs.emplace_back(Tensor(shape));
    recorder.graph.inputs.push_back(recorder.add_input(inputs.back()));
  }
  for (const Var& output : forward(inputs))
    recorder.graph.outputs.push_back(recorder.index_of(output, "an output"));
  return std::move(recorder.graph);
}

bool tracing() { return open_recorder() != nullptr; }

void record_operation(const char* op, const std::vector<Var>& inputs, const Var& result,
                      std::map<std::string, double> attributes) {
  if (tracing()) open_recorder()->add_operation(op, inputs, result, std::move(attributes));
}

}  // namespace tengen::nn
