// A network's plans on one GPU, by their number of rows. Whoever runs one holds the network too.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "nn/cuda/cuda_plan.h"
#include "nn/infer/batch_graph.h"

namespace tengen::nn {

class CudaNetwork {
 public:
  CudaNetwork(const BatchGraph& graph, std::shared_ptr<CudaDevice> device, PlanPrecision precision,
              ConvolutionChoice& choice);

  // The smallest plan for so many rows, at most `most`: made now if there is none.
  std::shared_ptr<const CudaPlan> plan_for(int64_t rows, int64_t most);
  std::vector<int64_t> sizes() const;  // of the plans that there are
  void drop_above(int64_t rows);       // the plans of more rows, once they have run

  CudaDevice& device() const { return *device_; }

 private:
  const BatchGraph graph_;
  const std::shared_ptr<CudaDevice> device_;
  const PlanPrecision precision_;
  ConvolutionChoice& choice_;
  std::map<int64_t, std::shared_ptr<const CudaPlan>> plans_;
};

}  // namespace tengen::nn
