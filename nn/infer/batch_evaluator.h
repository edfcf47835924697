// BatchEvaluator: rows of many callers through one plan, in parallel over the workers.
// The search's network evaluator on the CPU and the supervised tools use this same object.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "nn/infer/batch_runner.h"
#include "nn/infer/plan.h"

namespace tengen::nn {

class BatchEvaluator : public BatchRunner {
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

  std::unique_ptr<UnderWay> start(BatchJob job) override;  // does all the work
  // Compiled in the precision of the plan before, which may not be int16: it has nothing here to
  // choose its scales by.
  void replace(const BatchGraph& network) override;
  int64_t preferred_rows() const override;
  PlanPrecision precision() const override { return plan()->precision(); }

 private:
  class Lease;  // of a workspace, for one row

  mutable std::mutex mutex_;  // guards plan_ and idle_
  std::shared_ptr<const Plan> plan_;
  std::vector<std::unique_ptr<Plan::Workspace>> idle_;
};

}  // namespace tengen::nn
