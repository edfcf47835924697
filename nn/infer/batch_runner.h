// BatchRunner: whoever computes a network for rows of many callers. The workers of the CPU
// (batch_evaluator.h), a GPU (device_runner.h) and several of these together (deal.h) are the same
// to the search and to the tools.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "nn/infer/batch_graph.h"
#include "nn/infer/plan_precision.h"

namespace tengen::nn {

struct BatchRow {
  std::vector<const float*> inputs;  // one for each input of the network
  std::vector<float*> outputs;       // one for each output
  // Bits of the legal moves, for runners that are asked to heed them (CudaRunnerOptions).
  const uint32_t* legal = nullptr;
};

// A batch as its caller sees it. prepare(i) encodes row i and says where its numbers lie; they stay
// there until finish(i), which is called when the outputs stand. Both run on the workers, many at
// once. finish is never called for a batch that failed.
struct BatchJob {
  int64_t rows = 0;
  std::function<BatchRow(int64_t)> prepare;
  std::function<void(int64_t)> finish;
};

class BatchRunner {
 public:
  // A batch on its way; whoever drops it first waits for the device, but calls no finish.
  class UnderWay {
   public:
    virtual ~UnderWay() = default;
    // Returns when finish was called for every row; once.
    virtual void wait() = 0;
  };

  virtual ~BatchRunner() = default;

  // Prepares every row before it returns; may return before anything is computed. Any number of
  // batches may be under way, and any thread may call.
  virtual std::unique_ptr<UnderWay> start(BatchJob job) = 0;
  // Takes other weights for the same network into use for the batches that follow; those under way
  // end on the old ones. Any thread.
  virtual void replace(const BatchGraph& network) = 0;

  // The rows of a batch that keeps the device busy.
  virtual int64_t preferred_rows() const = 0;
  virtual PlanPrecision precision() const = 0;  // what it computes in
};

}  // namespace tengen::nn
