// BatchGraph: the graph of a network for batches of any number of rows. A device that runs whole
// batches needs one for each size, and to trace a thousand rows costs as much as to compute them.
#pragma once

#include <cstdint>
#include <functional>

#include "nn/graph.h"

namespace tengen::nn {

class BatchGraph {
 public:
  // `graph_of` as for a trace: the first axis of every input and output is rows. It is asked for
  // one row and for two; sizes and attributes that differ grow evenly with the rows. A CheckFailure
  // where the two graphs do not hold the same operations on the same weights. Copies the weights.
  explicit BatchGraph(const std::function<Graph(int64_t rows)>& graph_of);

  Graph of(int64_t rows) const;

 private:
  Graph one_, two_;
};

}  // namespace tengen::nn
