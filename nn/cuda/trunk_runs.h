// Which steps of a plan one launch may take together (own_trunk.h).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "nn/cuda/own_trunk.h"

namespace tengen::nn {

// Whether a trunk may hold both: equal stride-1 'same' convolutions, without row bias, with as many
// channels out as in.
bool share_trunk(const HalfConvolutionParts& a, const HalfConvolutionParts& b);

// A step of a plan, in order of computation: a convolution with the numbers of its values, or
// something else, of which only the values that it reads matter.
struct PlannedStep {
  std::optional<TrunkLayer> layer;
  std::vector<int> reads;
};

// The steps [begin,end), two or more, and those of their values that later steps read or that are
// wanted in the end.
struct TrunkRun {
  size_t begin = 0, end = 0;
  std::vector<int> outputs;
};
std::vector<TrunkRun> find_trunk_runs(std::span<const PlannedStep> steps,
                                      std::span<const int> wanted);

}  // namespace tengen::nn
