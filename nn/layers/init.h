// First weights, drawn from the generator that a network hands to its layers in order. `fan_in` is
// how many inputs meet in one output, `fan_out` how many outputs one input reaches.
#pragma once

#include "nn/base/rng.h"
#include "nn/tensor.h"

namespace tengen::nn {

// Variance 2 / fan_in, for layers before a relu (He et al. 2015).
Tensor he_normal(const Shape& shape, int64_t fan_in, Rng& rng);
Tensor he_uniform(const Shape& shape, int64_t fan_in, Rng& rng);
// Variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010).
Tensor xavier_normal(const Shape& shape, int64_t fan_in, int64_t fan_out, Rng& rng);
Tensor xavier_uniform(const Shape& shape, int64_t fan_in, int64_t fan_out, Rng& rng);
// All axes but the last as rows: rows or columns, whichever are fewer, are orthogonal and of
// length `gain` (Saxe, McClelland and Ganguli 2014).
Tensor orthogonal(const Shape& shape, double gain, Rng& rng);
// Mean 0; the second drawn again while it is further than two deviations away.
Tensor normal(const Shape& shape, double deviation, Rng& rng);
Tensor truncated_normal(const Shape& shape, double deviation, Rng& rng);
Tensor uniform(const Shape& shape, double bound, Rng& rng);  // in [-bound, bound)
Tensor filled(const Shape& shape, float value);

}  // namespace tengen::nn
