// DealtRunner: batches dealt over several runners, each of which gets its share of the rows.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "nn/infer/batch_runner.h"

namespace tengen::nn {

class DealtRunner : public BatchRunner {
 public:
  // Runners of the same network; one at least.
  explicit DealtRunner(std::vector<std::unique_ptr<BatchRunner>> runners);

  // Shares are neighbouring rows, as many of them as a runner prefers beside the others.
  std::unique_ptr<UnderWay> start(BatchJob job) override;
  void replace(const BatchGraph& network) override;
  int64_t preferred_rows() const override;  // the sum
  PlanPrecision precision() const override;

 private:
  std::vector<std::unique_ptr<BatchRunner>> runners_;
};

}  // namespace tengen::nn
