// Where every value of a plan lies: a value takes memory from the operation that makes it to the
// last that reads it, and values that do not live together share.
#pragma once

#include <vector>

#include "nn/infer/operation.h"
#include "nn/infer/step.h"

namespace tengen::nn {

// An output of the graph that is not made straight in the caller's buffer: `from` is copied.
struct OutputCopy {
  Place from;
  int output;
  int64_t size;
};

class Layout {
 public:
  Layout(const Graph& graph, const FoldedGraph& folded);

  Places places_of(const Operation& operation) const;
  int64_t workspace_floats() const { return floats_; }
  const std::vector<OutputCopy>& copies() const { return copies_; }
  // Keeps the memory of the constants that operations read.
  const std::vector<Tensor>& constants() const { return constants_; }

 private:
  void place_ends(const Graph& graph, const FoldedGraph& folded);
  void place_middle(const FoldedGraph& folded);

  std::vector<Place> places_;  // of each node that is a root, and of each operand
  std::vector<bool> placed_;
  std::vector<OutputCopy> copies_;
  std::vector<Tensor> constants_;
  int64_t floats_ = 0;
};

}  // namespace tengen::nn
