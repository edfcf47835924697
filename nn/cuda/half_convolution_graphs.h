// The graphs that make_cudnn_half_convolution asks cuDNN for.
#pragma once

#include <vector>

#include "nn/cuda/cudnn_graph.h"
#include "nn/cuda/half_convolution.h"

namespace tengen::nn {

// The tensors of memory in a graph, by number; 0 where the graph has no such tensor.
struct HalfConvolutionTensors {
  int64_t x = 0, filter = 0, bias = 0, row_bias = 0, residual = 0, y = 0, factor = 0, term = 0,
          then_y = 0;
};

struct HalfConvolutionGraph {
  CudnnGraph graph;
  HalfConvolutionTensors tensors;
  bool half_bias = false;  // the bias is fp16
};

// All of them compute the parts; the first with a bias in float32. The second, where the parts
// allow it, has the bias in fp16 and behind the residual: for that order cuDNN has kernels that
// need not be compiled.
std::vector<HalfConvolutionGraph> half_convolution_graphs(const HalfConvolutionParts& parts);

}  // namespace tengen::nn
