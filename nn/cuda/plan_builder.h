// The steps of a CudaPlan from the folded graph: which products are computed in half precision,
// what joins them, and where a value is turned from one form into the other.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "nn/cuda/convolution_choice.h"
#include "nn/cuda/cuda_step.h"
#include "nn/cuda/own_trunk.h"
#include "nn/infer/plan_precision.h"

namespace tengen::nn {

struct BuiltPlan {
  std::vector<Slot> slots;
  std::vector<int> inputs, outputs;  // slots, of the graph's inputs and outputs
  std::vector<std::pair<int, std::shared_ptr<float>>> constants;  // slots with their values
  std::vector<std::unique_ptr<CudaStep>> steps;
};

// Joins runs of half-precision convolutions into single launches where that is faster on the
// device. `layers` are the convolutions of the steps, values being slots; nothing for other steps.
void join_trunks(BuiltPlan& plan, std::vector<std::optional<TrunkLayer>> layers, CudaDevice& device,
                 ConvolutionChoice& choice);

BuiltPlan build_plan(const Graph& graph, CudaDevice& device, PlanPrecision precision,
                     ConvolutionChoice& choice);

}  // namespace tengen::nn
