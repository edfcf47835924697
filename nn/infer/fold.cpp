#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "nn/base/check.h"
#include "nn/infer/folder.h"

namespace tengen::nn {
namespace {

const FoldTable& table() {
  static const FoldTable rows = [] {
    FoldTable all;
    fold_elementwise(all);
    fold_products(all);
    fold_images(all);
    fold_rows(all);
    fold_shapes(all);
    fold_recurrent(all);
    return all;
  }();
  return rows;
}

}  // namespace

Folder::Folder(const Graph& graph, FoldFor whom)
    : graph_(graph),
      whom_(whom),
      uses_(graph.nodes.size()),
      root_(graph.nodes.size()),
      maker_(graph.nodes.size(), -1) {
  for (const GraphNode& n : graph.nodes)
    for (const int v : n.inputs) ++uses_[v];
  for (const int output : graph.outputs) ++uses_[output];
  for (int i = 0; i < static_cast<int>(graph.nodes.size()); ++i) {
    root_[i] = i;
    const std::string& op = node(i).op;
    if (op == "input" || op == "constant") continue;
    const auto row = table().find(op);
    if (row == table().end())
      throw Error("inference plan: operation '" + op + "' of shape " + shape(i).text() +
                  " is not among those that a plan runs; run the network's forward() under " +
                  "NoGrad instead");
    row->second(*this, i);
  }
}

FoldedGraph Folder::result() {
  FoldedGraph folded;
  for (auto& operation : operations_)
    if (operation) folded.operations.push_back(std::move(*operation));
  for (const int output : graph_.outputs) folded.outputs.push_back(root_[output]);
  folded.root = std::move(root_);
  return folded;
}

double Folder::attribute(int i, const std::string& name) const {
  const auto found = node(i).attributes.find(name);
  if (found == node(i).attributes.end())
    throw Error("inference plan: operation '" + node(i).op + "' lacks its attribute '" + name +
                "'");
  return found->second;
}

int64_t Folder::whole(int i, const std::string& name) const {
  return static_cast<int64_t>(attribute(i, name));
}

PerAxis Folder::per_axis(int i, const std::string& name) const {
  return {whole(i, name + "_h"), whole(i, name + "_w")};
}

bool Folder::constants_from(int i, size_t first) const {
  for (size_t which = first; which < node(i).inputs.size(); ++which)
    if (!is_constant(input(i, which))) return false;
  return true;
}

std::vector<float> Folder::constant(int i, size_t which) const {
  const int v = input(i, which);
  if (!is_constant(v))
    throw Error("inference plan: input " + std::to_string(which) + " of '" + node(i).op +
                "' must be a parameter or a buffer; run the network's forward() under NoGrad "
                "instead");
  std::vector<float> values = node(v).value.to_vector();
  const auto wrong = std::ranges::find_if(values, [](float x) { return !std::isfinite(x); });
  if (wrong != values.end())
    throw Error("inference plan: input " + std::to_string(which) + " of '" + node(i).op + "', " +
                shape(v).text() + ", holds " + std::to_string(*wrong) + " at element " +
                std::to_string(wrong - values.begin()) +
                "; the training that made it went wrong, take an earlier network");
  return values;
}

Operation& Folder::emit(int i, Operation::Kind kind, const std::vector<int>& inputs) {
  operations_.push_back(std::make_unique<Operation>());
  Operation& o = *operations_.back();
  o.kind = kind;
  o.name = node(i).op;
  for (const int v : inputs) o.inputs.push_back(root_[v]);
  o.output = i;
  o.shape = shape(i);
  maker_[i] = static_cast<int>(operations_.size()) - 1;
  return o;
}

Operation& Folder::call(int i, StepBody body, int64_t scratch_floats) {
  Operation& o = emit(i, Operation::Kind::kCall, node(i).inputs);
  o.body = std::move(body);
  o.scratch_floats = scratch_floats;
  return o;
}

Operation* Folder::open_maker(int v) {
  Operation* o = uses_[v] == 1 ? maker(v) : nullptr;
  return o && !o->relu ? o : nullptr;
}

Operation* Folder::open_product(int v) {
  Operation* o = open_maker(v);
  return o && o->kind == Operation::Kind::kProduct ? o : nullptr;
}

Operation& Folder::move_to(int v, int i) {
  operations_.push_back(std::move(operations_[maker_[v]]));
  operations_.back()->output = i;
  maker_[i] = static_cast<int>(operations_.size()) - 1;
  maker_[v] = -1;
  return *operations_.back();
}

FoldedGraph fold(const Graph& graph, FoldFor whom) { return Folder(graph, whom).result(); }

}  // namespace tengen::nn
