// What the kernels of recurrent layers know: sizes, and where a row's steps lie.
#pragma once

#include "nn/cuda/kernel_queue.h"
#include "nn/device.h"

namespace tengen::nn {

// RecurrentShape for kernels; `lengths` lies on the device.
struct RecurrentSteps {
  int rows, steps, hidden, gates, width;  // width: of a step's place in `saved`
  bool reverse;
  const int32_t* lengths;

  RecurrentSteps(const RecurrentShape& s, const int32_t* lengths)
      : rows(static_cast<int>(s.rows)),
        steps(static_cast<int>(s.steps)),
        hidden(static_cast<int>(s.hidden)),
        gates(static_cast<int>(s.gates())),
        width(static_cast<int>(s.bias_gates() * s.hidden)),
        reverse(s.reverse),
        lengths(lengths) {}

  __device__ int length(int row) const { return lengths ? lengths[row] : steps; }
  // Where in [rows * steps] the step'th in the order of computation lies, or, for a step beyond
  // the row's length, a place beyond its end.
  __device__ int64_t at(int row, int step) const {
    const int end = length(row);
    return int64_t{row} * steps + (reverse && step < end ? end - 1 - step : step);
  }
};

// The lengths on the device, for as long as kernels that use them are being queued; null: none.
std::shared_ptr<void> lengths_on_device(Device& device, const RecurrentShape& shape);

__device__ inline float sigmoid_of_sum(float x) { return 1.0f / (1.0f + expf(-x)); }

}  // namespace tengen::nn
