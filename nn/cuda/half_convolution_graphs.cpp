#include "nn/cuda/half_convolution_graphs.h"

#include "nn/cuda/convolution_graphs.h"

namespace tengen::nn {
namespace {

// A convolution and what follows it, operation by operation. What lies between two operations is
// virtual, in float32; the last of y and of then_y lies in memory.
class Chain {
 public:
  Chain(HalfConvolutionGraph& to, const HalfConvolutionParts& parts)
      : to_(to), parts_(parts), graph_(to.graph) {}

  // `left` more operations until y.
  void convolve(int left) {
    left_ = left;
    const Conv2dShape& s = parts_.shape;
    to_.tensors.x = graph_.add_tensor(image_tensor(s, CUDNN_DATA_HALF));
    to_.tensors.filter = graph_.add_tensor(filter_tensor(s, CUDNN_DATA_HALF));
    const int64_t y = next(parts_.keeps_y, to_.tensors.y);
    graph_.add_convolution(ConvolutionPart::kForward, s, to_.tensors.x, to_.tensors.filter, y);
    current_ = y;
  }

  // `b`: a tensor of memory, or 0.
  void apply(cudnnPointwiseMode_t mode, int64_t b, bool in_memory, int64_t& result) {
    --left_;
    const int64_t y = next(in_memory, result);
    graph_.add_pointwise(mode, current_, b, y);
    current_ = y;
  }
  void set_left(int left) { left_ = left; }

 private:
  int64_t next(bool in_memory, int64_t& result) {
    if (left_ > 0 || !in_memory)
      return graph_.add_virtual(result_tensor(parts_.shape, CUDNN_DATA_FLOAT));
    result = graph_.add_tensor(result_tensor(parts_.shape, CUDNN_DATA_HALF));
    return result;
  }

  HalfConvolutionGraph& to_;
  const HalfConvolutionParts& parts_;
  CudnnGraph& graph_;
  int64_t current_ = 0;
  int left_ = 0;
};

CudnnTensor channels(const Conv2dShape& s, int64_t rows, cudnnDataType_t type) {
  return {rows, 1, 1, s.out, type};
}

HalfConvolutionGraph make_graph(const HalfConvolutionParts& parts, bool half_bias) {
  HalfConvolutionGraph made;
  made.half_bias = half_bias;
  HalfConvolutionTensors& at = made.tensors;
  CudnnGraph& graph = made.graph;
  const Conv2dShape& s = parts.shape;
  const bool has_bias = !parts.bias.empty();
  Chain chain(made, parts);
  chain.convolve(has_bias + parts.has_row_bias + parts.has_residual + parts.relu);
  const auto add = [&](int64_t& number, const CudnnTensor& tensor) {
    number = graph.add_tensor(tensor);
    chain.apply(CUDNN_POINTWISE_ADD, number, parts.keeps_y, at.y);
  };
  const auto bias_type = half_bias ? CUDNN_DATA_HALF : CUDNN_DATA_FLOAT;
  if (has_bias && !half_bias) add(at.bias, channels(s, 1, bias_type));
  if (parts.has_row_bias) add(at.row_bias, channels(s, s.n, CUDNN_DATA_HALF));
  if (parts.has_residual) add(at.residual, result_tensor(s, CUDNN_DATA_HALF));
  if (has_bias && half_bias) add(at.bias, channels(s, 1, bias_type));
  if (parts.relu) chain.apply(CUDNN_POINTWISE_RELU_FWD, 0, parts.keeps_y, at.y);
  if (parts.factor.empty()) return made;
  chain.set_left(2 + parts.then_relu);
  at.factor = graph.add_tensor(channels(s, 1, CUDNN_DATA_FLOAT));
  chain.apply(CUDNN_POINTWISE_MUL, at.factor, true, at.then_y);
  at.term = graph.add_tensor(channels(s, 1, CUDNN_DATA_FLOAT));
  chain.apply(CUDNN_POINTWISE_ADD, at.term, true, at.then_y);
  if (parts.then_relu) chain.apply(CUDNN_POINTWISE_RELU_FWD, 0, true, at.then_y);
  return made;
}

}  // namespace

std::vector<HalfConvolutionGraph> half_convolution_graphs(const HalfConvolutionParts& parts) {
  std::vector<HalfConvolutionGraph> graphs;
  graphs.push_back(make_graph(parts, false));
  if (!parts.bias.empty() && !parts.has_row_bias && parts.factor.empty())
    graphs.push_back(make_graph(parts, true));
  return graphs;
}

}  // namespace tengen::nn
