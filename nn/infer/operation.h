// The operations of a plan, after folding: what a traced graph becomes before steps are built.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nn/cpu/winograd_shape.h"
#include "nn/device.h"
#include "nn/graph.h"
#include "nn/tensor_math.h"

namespace tengen::nn {

struct Arguments;  // step.h: where the values of an operation lie while it runs
using StepBody = std::function<void(const Arguments& at)>;

// Values are named by graph nodes, reshapes by the value they share memory with.
struct Operation {
  // A call has no part in folding: `body` is all that there is to know.
  // A chain is a 3x3 convolution that reads an operand, a feed makes an operand of an image.
  enum class Kind {
    kProduct,
    kPooled,
    kChain,
    kFeed,
    kAffine,
    kBinary,
    kWholeImages,
    kRecurrent,
    kCall
  };
  Kind kind = Kind::kCall;
  std::string name;  // of the graph's operation it began as
  std::vector<int> inputs;
  int output = -1;
  Shape shape;        // of the output
  bool relu = false;  // last of all; not of calls

  // kProduct: a convolution or, as 1x1 over [rows,1] pixels, a linear layer; then + bias,
  // + row_bias_factor * row_bias, + residual. kAffine: x * weight + bias, over the last axis.
  Conv2dShape conv;
  std::vector<float> weight, bias;
  int residual = -1;                   // value of the output's shape, or none
  int row_bias = -1;                   // value [conv.n,out], or none
  std::vector<float> row_bias_factor;  // [out]

  // kPooled: a product with bias and rectifier, whose result is max-pooled.
  Pool2dShape pool;

  // kChain: y = the result as above; then, where then_output is set, relu(y * factor + term);
  // `feeds` is the operand made of the last of these, or none. Neither is kept where only operands
  // need it.
  int then_output = -1, feeds = -1;
  std::vector<float> factor, term;
  bool then_relu = false, keeps = true, then_keeps = false;

  // kBinary: how the second input meets the first. kWholeImages: the mean (kAdd) or the maximum
  // (kMaximum) over the middle of x [outer, axis, inner].
  Binary binary = Binary::kAdd;
  Broadcast way;

  // kRecurrent, with `weight` of the inputs and `bias`; inputs x, h0 [, c0].
  RecurrentShape recurrent;
  std::vector<float> recurrent_weight;
  int last_cell = -1;  // value [rows,hidden] that it also makes, or none

  // kCall.
  StepBody body;
  int64_t scratch_floats = 0;
  bool reads_numbers = false;  // on the host: the body waits for the device
};

// The form in which a chain's convolutions read a value (nn/cpu/chain_kernels.h).
struct Operand {
  int value;
  WinogradShape shape;  // of one that reads it
  int64_t floats;       // of memory
};

struct FoldedGraph {
  std::vector<Operation> operations;  // in order of computation
  std::vector<int> root;              // of each node: the node whose memory holds its value
  std::vector<int> outputs;           // roots of the graph's outputs
  std::vector<Operand> operands;      // their numbers as values follow the nodes'

  int operand(size_t i) const { return static_cast<int>(root.size() + i); }
  size_t value_count() const { return root.size() + operands.size(); }
};

// Drops reshapes, folds batch norm, scaling and constant terms into the product before them, and
// joins products with the residual, the broadcast row and the rectifier that follow, where nobody
// else reads what is between. An operation that is not known here is an Error that names it.
//
// What only the CPU's kernels know how to do, pooling inside a convolution, is left out for others.
enum class FoldFor { kCpu, kOthers };
FoldedGraph fold(const Graph& graph, FoldFor whom = FoldFor::kCpu);

}  // namespace tengen::nn
