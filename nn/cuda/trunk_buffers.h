// Which buffer of shared memory holds each value of a trunk (own_trunk.h), so that there are few:
// a buffer is free once the last layer that reads its value has read it.
#pragma once

#include <span>
#include <vector>

#include "nn/cuda/own_trunk.h"

namespace tengen::nn {

// Numbers of buffers, -1 for none. What a layer makes may take the place of what it reads, of x and
// of the residual: it writes only when all has been read.
struct LayerBuffers {
  int x = -1, residual = -1, y = -1, then_y = -1;
};

struct TrunkBuffers {
  int count = 0;
  std::vector<LayerBuffers> layers;
  std::vector<int> inputs;          // values that layers read and none makes
  std::vector<int> input_buffers;   // of each of these
  std::vector<int> output_buffers;  // of each of the outputs asked for
};

TrunkBuffers assign_buffers(std::span<const TrunkLayer> layers, std::span<const int> outputs);

}  // namespace tengen::nn
