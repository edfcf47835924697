// Plan: a traced network compiled for inference on the CPU.
//
// Batch norm is folded into the convolution before it; convolution, bias, residual and activation
// are one step; weights are packed once in the order of use; intermediate buffers are placed by
// liveness. A plan is const and thread-safe; each running thread brings a Workspace. It runs as
// many rows as the graph was traced with, on the calling thread: for big networks one row a core is
// already efficient, small ones gain by several.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nn/graph.h"
#include "nn/infer/plan_precision.h"

namespace tengen::nn {

struct PlanOptions {
  // Of the convolutions that form chains (chain.h); all else is float32. Where the processor has
  // nothing faster for a precision, the plan is float32.
  PlanPrecision precision = PlanPrecision::kFloat32;
  // Inputs as Plan::run takes them, by which int16 chooses its scales; it needs one at least, and
  // a hundred or more that look like what is to come.
  std::vector<std::vector<const float*>> calibration;
};

class Plan {
 public:
  class Workspace;

  // An operation that the plan does not know, and weights that are not finite, are Errors that name
  // the operation.
  explicit Plan(const Graph& graph, const PlanOptions& options = {});
  ~Plan();

  std::unique_ptr<Workspace> make_workspace() const;
  // inputs[i] holds the floats of graph input i; outputs[i] receives those of output i. Does not
  // allocate, but for scratch memory that some kernels keep from a thread's first run on. A number
  // that should be an index and is none is a CheckFailure.
  void run(std::span<const float* const> inputs, std::span<float* const> outputs,
           Workspace& workspace) const;

  std::span<const Shape> input_shapes() const;
  std::span<const Shape> output_shapes() const;
  double flops() const;             // multiply-adds counted as two, as direct convolution
  PlanPrecision precision() const;  // what it runs in
  std::string summary() const;      // one line a step
  int64_t workspace_bytes() const;  // of one thread
  int64_t weight_bytes() const;     // packed, once for all threads

 private:
  struct Compiled;
  std::unique_ptr<const Compiled> compiled_;
};

class Plan::Workspace {
 public:
  explicit Workspace(size_t floats);
  float* data() { return data_.get(); }

 private:
  std::shared_ptr<float> data_;
};

}  // namespace tengen::nn
