// What a network is made of: its operations with shapes, parameters and work, as a table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/graph.h"
#include "nn/layers/module.h"

namespace tengen::nn {

struct SummaryRow {
  std::string layer;  // path of the module that owns its parameters; empty if it has none
  std::string operation;
  Shape output;
  int64_t parameters = 0;  // those not counted in a row above
  double flops = 0;
};

struct Summary {
  std::vector<SummaryRow> rows;  // in order of computation
  int64_t parameters = 0;        // of the whole module, also those that the graph leaves out
  int64_t buffers = 0;           // floats that are stored but not learned: running statistics
  double flops = 0;              // of one run with the graph's batch
  int64_t activation_bytes = 0;  // of all results together, as training keeps them

  std::string text() const;
};

// The module's network as `trace` recorded it. Work is that of products, convolutions and recurrent
// layers, a multiply-add counted as two; all else is small beside it and counted as nothing.
Summary summarize(const Graph& graph, const Module& module);

}  // namespace tengen::nn
