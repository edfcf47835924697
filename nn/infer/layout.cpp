#include "nn/infer/layout.h"

#include <algorithm>

#include "nn/infer/first_fit.h"

namespace tengen::nn {
namespace {

template <class Visit>
void for_each_read(const Operation& o, const Visit& visit) {
  for (const int v : o.inputs) visit(v);
  if (o.residual >= 0) visit(o.residual);
  if (o.row_bias >= 0) visit(o.row_bias);
}

// Every value that o makes, with its size.
template <class Visit>
void for_each_write(const FoldedGraph& folded, const Operation& o, const Visit& visit) {
  if (o.output >= 0 && o.keeps) visit(o.output, o.shape.size());
  if (o.then_output >= 0 && o.then_keeps) visit(o.then_output, o.shape.size());
  if (o.feeds >= 0) visit(o.feeds, folded.operands[o.feeds - folded.root.size()].floats);
  if (o.last_cell >= 0) visit(o.last_cell, o.recurrent.rows * o.recurrent.hidden);
}

}  // namespace

Layout::Layout(const Graph& graph, const FoldedGraph& folded)
    : places_(folded.value_count()), placed_(folded.value_count()) {
  place_ends(graph, folded);
  place_middle(folded);
  // Outputs that no operation writes: reshapes made twice, inputs and constants passed through.
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const int root = folded.root[graph.outputs[i]];
    const Place& place = places_[root];
    if (place.in == Place::In::kOutput && place.at == static_cast<int64_t>(i)) continue;
    copies_.push_back({place, static_cast<int>(i), graph.nodes[root].shape.size()});
  }
}

void Layout::place_ends(const Graph& graph, const FoldedGraph& folded) {
  const auto set = [&](int node, Place place) {
    if (placed_[node]) return;
    places_[node] = place;
    placed_[node] = true;
  };
  for (size_t i = 0; i < graph.inputs.size(); ++i)
    set(graph.inputs[i], {Place::In::kInput, static_cast<int64_t>(i), nullptr});
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op != "constant") continue;
    const int node = static_cast<int>(i);
    bool read = std::ranges::count(graph.outputs, node) > 0;
    for (const Operation& o : folded.operations)
      for_each_read(o, [&](int v) { read = read || v == node; });
    for (const int output : graph.outputs) read = read || folded.root[output] == node;
    if (!read) continue;
    constants_.push_back(graph.nodes[i].value.clone());
    set(node, {Place::In::kConstant, 0, constants_.back().data()});
  }
  for (size_t i = 0; i < graph.outputs.size(); ++i)
    set(folded.root[graph.outputs[i]], {Place::In::kOutput, static_cast<int64_t>(i), nullptr});
}

void Layout::place_middle(const FoldedGraph& folded) {
  std::vector<size_t> last_read(places_.size(), 0);
  for (size_t i = 0; i < folded.operations.size(); ++i)
    for_each_read(folded.operations[i], [&](int v) { last_read[v] = i; });
  FirstFit memory;
  for (size_t i = 0; i < folded.operations.size(); ++i) {
    const Operation& o = folded.operations[i];
    std::vector<int> own;
    for_each_write(folded, o, [&](int v, int64_t floats) {
      if (placed_[v]) return;
      places_[v] = {Place::In::kWorkspace, memory.take(floats), nullptr};
      placed_[v] = true;
      own.push_back(v);
    });
    const auto drop = [&](int v) {
      if (places_[v].in == Place::In::kWorkspace && last_read[v] <= i)
        memory.give_back(places_[v].at);
    };
    for_each_read(o, drop);
    for (const int v : own) drop(v);  // if nobody reads it
  }
  floats_ = memory.most();
}

Places Layout::places_of(const Operation& o) const {
  Places places;
  for (const int v : o.inputs) places.inputs.push_back(places_[v]);
  if (o.output >= 0) places.output = places_[o.output];
  if (o.then_output >= 0) places.then_output = places_[o.then_output];
  if (o.feeds >= 0) places.feeds = places_[o.feeds];
  if (o.residual >= 0) places.residual = places_[o.residual];
  if (o.row_bias >= 0) places.row_bias = places_[o.row_bias];
  if (o.last_cell >= 0) places.last_cell = places_[o.last_cell];
  return places;
}

}  // namespace tengen::nn
