// CudaPlan: a traced network compiled for inference on a GPU, for one number of rows.
//
// The graph is folded as for the CPU. In float16 the convolutions, and linear layers that are big
// enough to be worth it, multiply half-precision numbers, channels-last, and hand them on as such;
// heads, small products and all else are float32. Values lie by liveness in one stretch of memory;
// the steps are captured into a CUDA graph where they allow it, and a run is one launch.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nn/cuda/convolution_choice.h"
#include "nn/cuda/cuda_step.h"
#include "nn/cuda/handles.h"
#include "nn/graph.h"
#include "nn/infer/plan_precision.h"

namespace tengen::nn {

class CudaPlan {
 public:
  // In kFloat32 or kFloat16. Runs on the stream of `device`, which outlives it and whose own
  // options say whether products in float32 may use TF32. Errors as of Plan; OutOfDeviceMemory.
  CudaPlan(const Graph& graph, CudaDevice& device, PlanPrecision precision,
           ConvolutionChoice& choice);
  ~CudaPlan();

  // Where the caller writes input i, on the device, in the form of the slot.
  const Slot& input(size_t i) const { return slots_[static_cast<size_t>(inputs_.at(i))]; }
  void* input_data(size_t i) const { return addresses_[static_cast<size_t>(inputs_.at(i))]; }
  // Where output i stands after a run: dense floats.
  const float* output_data(size_t i) const;

  void queue() const;  // a run, on the device's stream
  // A run on numbers of the host, as Plan::run; waits.
  void run(std::span<const float* const> inputs, std::span<float* const> outputs) const;

  std::span<const Shape> input_shapes() const { return input_shapes_; }
  std::span<const Shape> output_shapes() const { return output_shapes_; }
  bool is_captured() const { return static_cast<bool>(executable_); }
  std::string summary() const;  // one line a step

 private:
  void place();
  void queue_steps() const;
  void capture();

  CudaDevice& device_;
  std::vector<Shape> input_shapes_, output_shapes_;
  std::vector<Slot> slots_;
  std::vector<int> inputs_, outputs_;                              // slots
  std::vector<std::pair<int, std::shared_ptr<float>>> constants_;  // slots with their values
  std::vector<std::unique_ptr<CudaStep>> steps_;
  std::shared_ptr<void> memory_;
  std::vector<void*> addresses_;  // of each slot
  float* scratch_ = nullptr;
  ExecutableGraph executable_;
};

}  // namespace tengen::nn
