// What the rows of the table of operations (fold_*.cpp) see of the graph, and how they add to the
// folded one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nn/infer/operation.h"

namespace tengen::nn {

class Folder {
 public:
  Folder(const Graph& graph, FoldFor whom);
  FoldedGraph result();

  bool for_cpu() const { return whom_ == FoldFor::kCpu; }
  const GraphNode& node(int i) const { return graph_.nodes[static_cast<size_t>(i)]; }
  const Shape& shape(int i) const { return node(i).shape; }
  int input(int i, size_t which) const { return node(i).inputs.at(which); }
  const Shape& input_shape(int i, size_t which) const { return shape(input(i, which)); }

  // An Error that names operation and attribute if it is missing.
  double attribute(int i, const std::string& name) const;
  int64_t whole(int i, const std::string& name) const;
  PerAxis per_axis(int i, const std::string& name) const;  // name_h, name_w

  bool is_constant(int v) const { return node(v).op == "constant"; }
  // Whether all inputs from `first` on are parameters or buffers.
  bool constants_from(int i, size_t first) const;
  // The floats of one; an Error if it is computed, or holds what is no finite number.
  std::vector<float> constant(int i, size_t which) const;

  // A new operation at the end that makes value i from values `inputs`.
  Operation& emit(int i, Operation::Kind kind, const std::vector<int>& inputs);
  // One that does `body` on all inputs of node i.
  Operation& call(int i, StepBody body, int64_t scratch_floats = 0);
  // Value i is value v under another shape.
  void rename(int v, int i) { root_[i] = root_[v]; }
  int root(int v) const { return root_[v]; }

  // The operation that makes value v, if v has one reader, so that the reader may join it, and no
  // rectifier stands between; else null.
  Operation* open_maker(int v);
  Operation* open_product(int v);
  int uses(int v) const { return uses_[v]; }
  // Lets the maker of v make i instead; it moves to the end, where all that i needs is made.
  Operation& move_to(int v, int i);
  // The operation that makes value v, however many read it; null if none does.
  Operation* maker(int v) { return maker_[v] < 0 ? nullptr : operations_[maker_[v]].get(); }

 private:
  const Graph& graph_;
  const FoldFor whom_;
  std::vector<int> uses_;  // readers of each node, the caller included
  std::vector<int> root_;
  std::vector<int> maker_;                              // of each node: its operation, or -1
  std::vector<std::unique_ptr<Operation>> operations_;  // moved ones leave a gap
};

// Turns node i into operations, or joins it to those that are there.
using FoldTable = std::map<std::string_view, std::function<void(Folder& to, int i)>>;

// One fold_*.cpp each.
void fold_elementwise(FoldTable& table);
void fold_products(FoldTable& table);
void fold_images(FoldTable& table);
void fold_rows(FoldTable& table);
void fold_shapes(FoldTable& table);
void fold_recurrent(FoldTable& table);

}  // namespace tengen::nn
