// Program: the steps of a plan with their weights, for one precision.
#pragma once

#include <memory>
#include <vector>

#include "nn/cpu/kernels.h"
#include "nn/infer/layout.h"
#include "nn/infer/step.h"

namespace tengen::nn {

// Of every operand of a chain, the largest magnitude or the scale of each element.
using PerElement = std::vector<std::vector<float>>;

class Program {
 public:
  // `scales` where the chain's kernels are scaled.
  Program(const Graph& graph, const Kernels& kernels, const ChainKernels& chain,
          PerElement scales = {});

  Program(Program&&) = default;

  void run(const Frame& frame) const;
  // The same, and widens what it saw in the operands; the chain must be float32 by Winograd.
  void run_and_observe(const Frame& frame, PerElement& ranges) const;
  PerElement no_ranges() const;  // zeros, for the first run

  const std::vector<std::unique_ptr<Step>>& steps() const { return steps_; }
  int64_t value_floats() const { return layout_.workspace_floats(); }
  int64_t scratch_floats() const { return scratch_floats_; }
  int64_t weight_floats() const { return weight_floats_; }

 private:
  Program(const Graph& graph, FoldedGraph folded, const Kernels& kernels, const ChainKernels& chain,
          PerElement scales);

  std::unique_ptr<Step> step_of(const FoldedGraph& folded, const Kernels& kernels,
                                const ChainKernels& chain, const Operation& operation) const;
  FedOperand operand(const FoldedGraph& folded, int value) const;
  void pack_weights();

  struct Fed {
    size_t step;  // that makes it
    Place place;
    WinogradShape shape;
  };

  Layout layout_;
  PerElement scales_;     // steps point into it, and into moved vectors too
  std::vector<Fed> fed_;  // of every operand
  std::vector<std::unique_ptr<Step>> steps_;
  std::shared_ptr<float> weights_;  // of all steps, in order of use
  int64_t scratch_floats_ = 0;      // the greediest step's
  int64_t weight_floats_ = 0;
};

// Zeroed, on huge pages where the system gives them: the weights of a network are read from end
// to end by every run, and small pages would miss the TLB all the way.
std::shared_ptr<float> aligned_floats(int64_t floats);

}  // namespace tengen::nn
