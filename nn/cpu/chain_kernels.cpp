#include "nn/cpu/chain_kernels.h"

#include <algorithm>
#include <cmath>

namespace tengen::nn {

void widen_ranges(const WinogradShape& shape, const float* operand, float* ranges) {
  const int64_t size = shape.rows() * shape.in_groups() * shape.lanes;
  for (int64_t e = 0; e < shape.elements(); ++e)
    for (int64_t i = 0; i < size; ++i)
      ranges[e] = std::max(ranges[e], std::abs(operand[e * shape.in_slot() + i]));
}

float operand_scale(float range) { return 16383.0f / std::max(range, 1e-6f); }

}  // namespace tengen::nn
