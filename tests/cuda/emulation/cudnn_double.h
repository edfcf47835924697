// cuDNN's graph API without a GPU: descriptors that check what they are given as NVIDIA documents
// it, heuristics that answer from a table of engines, and plans that compute in plain loops on the
// emulated stream.
//
// What is remembered of plans goes to a folder of this process's own, removed at its end.
#pragma once

#include <cudnn_graph.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace tengen::emulation {

// An engine that the heuristics may propose. Compiled ones do graphs of several operations.
struct CudnnEngine {
  int64_t index;
  std::set<cudnnBackendNumericalNote_t> notes;
  bool compiled = false;
  bool is_fallback = false;
  bool half_bias_only = false;  // convolution, residual, bias and relu, all in fp16
  int64_t workspace = 4096;
  int delay_ms = 0;                              // what a run takes beside the sums
  bool fails = false;                            // its plans are made, and do not run
  cudnnStatus_t refuses = CUDNN_STATUS_SUCCESS;  // why its plans are not made
};

struct CudnnDouble {
  std::vector<CudnnEngine> engines;
  size_t version = 91900;
  int heuristics = 0, plans = 0, runs = 0;      // so far
  cudnnStatus_t status = CUDNN_STATUS_SUCCESS;  // what a run answers
};
CudnnDouble& cudnn_double();
void reset_cudnn_double();

}  // namespace tengen::emulation
