// Sound at another sample rate.
#pragma once

#include "nn/tensor.h"

namespace tengen::nn {

// samples [T] taken at `from_hz` -> [max(1, round(T * to_hz / from_hz))] at `to_hz` (of no samples:
// none), by bandlimited interpolation: a sinc under a Hann window of 16 zero crossings a side, read
// from a table (Smith and Gossett 1984, "A flexible sampling-rate conversion method"). Frequencies
// above half the lower rate are taken out, those up to four fifths of it stay. Any ratio will do: a
// sound said at another speed is resampled and then played at the old rate.
Tensor resampled_sound(const Tensor& samples, double from_hz, double to_hz);

}  // namespace tengen::nn
