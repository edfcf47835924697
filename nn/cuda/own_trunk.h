// A run of convolutions of a compiled plan in one launch, for small boards: a block takes a few
// positions through all layers, and what lies between two layers never leaves its shared memory
// (81 points of 96 channels are 15.5 KB). What a launch for each layer pays for, activations
// written and read again and the start and end of every grid, falls away; weights still come from
// the L2 cache, once for all positions of a block.
#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nn/cuda/half_convolution.h"

namespace tengen::nn {

// A layer, and the values that it joins: numbers of the caller's choice, each made by at most one
// layer and read by later ones. -1 where the parts say that there is none.
struct TrunkLayer {
  HalfConvolutionParts parts;  // without row bias
  int x = -1, residual = -1;
  int y = -1, then_y = -1;
};

class Trunk {
 public:
  virtual ~Trunk() = default;
  virtual std::string name() const = 0;  // "own trunk of 12, 3 positions a block"
  // The values that layers read and none makes, in the order in which run takes them.
  virtual const std::vector<int>& inputs() const = 0;
  // Device memory [n,H,W,channels] for each of inputs(), and for each of the outputs asked for; no
  // output may be an input. Queues it; allocates nothing, so that it can be captured into a graph.
  virtual void run(std::span<const __half* const> inputs, std::span<__half* const> outputs,
                   cudaStream_t stream) const = 0;
};

// For the current device. `outputs` are the values wanted in the end. Null where the layers are
// not stride-1 'same' convolutions of one and the same shape with as many channels out as in, or
// where the values alive at one time do not fit into the shared memory of a block. `positions` of a
// block; 0: as many as are estimated to be the fastest.
std::unique_ptr<Trunk> make_own_trunk(std::span<const TrunkLayer> layers,
                                      std::span<const int> outputs, int positions = 0);

}  // namespace tengen::nn
