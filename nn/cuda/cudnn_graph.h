// What cuDNN is to compute, as a graph of operations, and the plans that it offers for it.
//
// Tensors are numbered from 1; those of memory are named by their number when a plan runs, virtual
// ones never leave the kernel. cuDNN's axes are N, C, H, W in this order whatever the strides;
// everything here is channels-last.
#pragma once

#include <optional>
#include <string>

#include "nn/cuda/cudnn_descriptor.h"
#include "nn/device.h"

namespace tengen::nn {

struct CudnnTensor {
  int64_t n = 1, h = 1, w = 1, c = 1;  // a filter: out, kernel_h, kernel_w, in of a group
  cudnnDataType_t type = CUDNN_DATA_FLOAT;
};

enum class ConvolutionPart { kForward, kGradInput, kGradWeight };

// The GPU that plans are made for: one that is here, or the properties of any (cuDNN 9.8).
struct CudnnTarget {
  cudnnHandle_t handle = nullptr;
  const CudnnDescriptor* properties = nullptr;
};

class CudnnGraph {
 public:
  // Addresses will be multiples of `alignment` bytes.
  int64_t add_tensor(const CudnnTensor& tensor, int64_t alignment = 16);
  int64_t add_virtual(const CudnnTensor& tensor);

  // Sums in float32. Forward reads image and filter and writes the result; the others write the
  // image's and the filter's gradient.
  void add_convolution(ConvolutionPart part, const Conv2dShape& shape, int64_t image,
                       int64_t filter, int64_t result);
  // y = mode(x, b) element by element; axes of b that are 1 are repeated. No b: 0.
  void add_pointwise(cudnnPointwiseMode_t mode, int64_t x, int64_t b, int64_t y);

  // Once all is added. False where cuDNN knows no such graph.
  bool finalize(const CudnnTarget& target);
  const CudnnDescriptor& descriptor() const { return graph_; }

 private:
  int64_t add(const CudnnTensor& tensor, int64_t alignment, bool is_virtual);
  const CudnnDescriptor& tensor(int64_t number) const {
    return tensors_[static_cast<size_t>(number - 1)];
  }
  CudnnDescriptor graph_{CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR};
  std::vector<CudnnDescriptor> tensors_, operations_;
  std::optional<bool> is_known_;  // by cuDNN; once finalised
};

// One way to compute a graph: an engine of cuDNN's and what it is set to.
struct CudnnConfig {
  CudnnDescriptor descriptor{CUDNN_BACKEND_ENGINECFG_DESCRIPTOR};
  int64_t engine = 0;
  std::string name;          // "67 2=1 4=0": the engine's number, its knobs and their values
  bool tensor_core = false;  // float32 is rounded to TF32
  bool rounds = false;       // factors or partial sums are rounded further, to half precision
  bool repeatable = true;    // the same numbers at every run
  bool compiled = false;     // its plan takes a second, for a kernel is compiled
};

// Those that cuDNN's heuristics believe in, the fastest first; none if it knows no way.
std::vector<CudnnConfig> propose_configs(const CudnnGraph& graph, const CudnnTarget& target,
                                         cudnnBackendHeurMode_t mode);

// A config made ready to run.
class CudnnPlan {
 public:
  // Nothing where cuDNN finds that the config does not do.
  static std::optional<CudnnPlan> make(const CudnnConfig& config, const CudnnTarget& target);

  size_t workspace_bytes() const { return workspace_bytes_; }
  int64_t engine() const { return engine_; }
  const std::string& name() const { return name_; }  // of the config

  // Queues it on the handle's stream; pointers[i] is where tensor numbers[i] lies.
  void run(cudnnHandle_t handle, const std::vector<int64_t>& numbers,
           const std::vector<void*>& pointers, void* workspace) const;

 private:
  CudnnDescriptor plan_{CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR};
  size_t workspace_bytes_ = 0;
  int64_t engine_ = 0;
  std::string name_;
};

}  // namespace tengen::nn
