// BatchEvaluator: rows of many callers through one plan, in parallel over the workers.
// The search's network evaluator and the supervised tools use this same object.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "nn/infer/plan.h"

namespace tengen::nn {

struct BatchRow {
  std::vector<const float*> inputs;  // one for each input of the plan
  std::vector<float*> outputs;       // one for each output
};

class BatchEvaluator {
 public:
  explicit BatchEvaluator(std::shared_ptr<const Plan> plan);

  // Runs every row; returns when all are done. Several threads may call it at once.
  void run(std::span<const BatchRow> rows);
  // Calls prepare(i) just before and finish(i) just after row i, on the worker that runs it, so
  // that encoding and decoding are parallel too.
  void run(int64_t rows, const std::function<BatchRow(int64_t)>& prepare,
           const std::function<void(int64_t)>& finish);
  // Takes another plan of the same shapes into use for the rows that follow.
  void replace(std::shared_ptr<const Plan> plan);
  std::shared_ptr<const Plan> plan() const;

 private:
  class Lease;  // of a workspace, for one row

  mutable std::mutex mutex_;  // guards plan_ and idle_
  std::shared_ptr<const Plan> plan_;
  std::vector<std::unique_ptr<Plan::Workspace>> idle_;
};

}  // namespace tengen::nn
