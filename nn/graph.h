// The operations of a network as data: traced from a Module once, read by the inference plan
// (infer/plan.h), by ONNX export (io/onnx.h) and by summaries (summary.h). Nothing describes a
// network twice.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "nn/autograd.h"
#include "nn/tensor.h"

namespace tengen::nn {

// Inputs and attributes of the operations that an inference graph may hold:
//
//   op                 inputs                              attributes
//   add subtract multiply divide maximum minimum
//                      a, b (b may broadcast: ops.h)       -
//   relu gelu silu mish softplus tanh sigmoid
//   exp log sqrt abs square                 x              -
//   leaky_relu         x                                   slope
//   elu                x                                   alpha
//   scale              x                                   factor
//   matmul             a, b                                -
//   batch_matmul       a, b                                transpose_a, transpose_b (0 or 1)
//   linear             x, weight [, bias]                  -
//   conv2d             x, weight [, bias]                  stride, padding, dilation, groups
//   conv_transpose2d   x, weight [, bias]                  the same, output_padding
//   max_pool2d         x                                   kernel, stride, padding
//   average_pool2d     x                                   the same, count_padding (0 or 1)
//   reshape            x                                   - (GraphNode::shape)
//   concat             parts...                            axis (never negative)
//   slice              x                                   axis (never negative), begin, end
//   permute            x                                   axis0, axis1, ... (ops.h: axes[i])
//   gather             x, indices                          axis (never negative)
//   sum mean           x                                   -
//   sum_axis mean_axis max_axis             x              axis (never negative; it goes)
//   global_mean_pool global_max_pool        x              -
//   batch_norm_infer   x, gamma, beta, mean, variance      epsilon
//   layer_norm         x, gamma, beta                      epsilon
//   group_norm         x, gamma, beta                      groups, epsilon
//   log_softmax softmax                     x              -
//   masked_softmax     scores [, lengths]                  causal (0 or 1)
//   rnn                x, input, recurrent, bias, h0       reverse, relu (else tanh)
//   lstm               x, input, recurrent, bias, h0, c0   reverse
//   gru                x, input, recurrent, bias, h0       reverse
//   recurrent_state    the y of one of these three         cell (0: its last h, 1: its last c)
//
// Of images, kernel, stride, padding, dilation and output_padding are two attributes each:
// "stride_h" and "stride_w".
//
// The three recurrent ones are one layer in one direction on x [N,T,I]; their weights and the order
// of their gates are described in ops.h. Biases and first states that were not given appear as
// constants of zeros. A trace takes no lengths.

// One value of the network. `op` is the name of the function in ops.h ("conv2d", "relu", ...),
// or "input", or "constant" (a parameter or buffer: `value` is set).
struct GraphNode {
  std::string op;
  std::vector<int> inputs;                   // indices of earlier nodes, in the order of ops.h
  std::map<std::string, double> attributes;  // "stride", "padding", "epsilon", "axis", ...
  Shape shape;
  Tensor value;
};

struct Graph {
  std::vector<GraphNode> nodes;  // in order of computation
  std::vector<int> inputs;
  std::vector<int> outputs;
};

// A network as a function of its inputs, in eval mode.
using Forward = std::function<std::vector<Var>(const std::vector<Var>&)>;

// Runs `forward` once on zeros of the given shapes, without gradients, and returns what it did.
// The module must be in eval mode. An operation that does not record itself is a CheckFailure.
Graph trace(const Forward& forward, const std::vector<Shape>& input_shapes);

// Whether a trace is open on this thread; operations then call record_operation. Empty inputs (a
// bias that is not there) are left out.
bool tracing();
void record_operation(const char* op, const std::vector<Var>& inputs, const Var& result,
                      std::map<std::string, double> attributes = {});

}  // namespace tengen::nn
