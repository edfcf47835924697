// Which operations of a folded graph are computed in half precision on a GPU.
#pragma once

#include <vector>

#include "nn/cuda/half_convolution.h"
#include "nn/graph.h"
#include "nn/infer/operation.h"

namespace tengen::nn {

// By the number of the operation.
struct HalfChoice {
  bool half = false;
  int affine = -1;      // of a product: the scaling of columns behind it that joins it, or none
  bool keeps_y = true;  // whether others read what is before that
};
std::vector<HalfChoice> choose_half_products(const Graph& graph, const FoldedGraph& folded);

// Calls visit(value) for everything that `o` reads.
template <class Visit>
void for_each_read(const Operation& o, const Visit& visit) {
  for (const int v : o.inputs) visit(v);
  if (o.residual >= 0) visit(o.residual);
  if (o.row_bias >= 0) visit(o.row_bias);
}

// The product, channels padded to a multiple of eight where they stand in one group.
HalfConvolutionParts half_parts(const Operation& product, const Operation* affine, bool keeps_y);

}  // namespace tengen::nn
