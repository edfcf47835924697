// First weights, drawn from the generator that a network hands to its layers in order.
#pragma once

#include "nn/base/rng.h"
#include "nn/tensor.h"

namespace tengen::nn {

// Normal with variance 2 / fan_in, for layers before a relu (He et al. 2015).
Tensor he_normal(const Shape& shape, int64_t fan_in, Rng& rng);
// Uniform with variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010).
Tensor xavier_uniform(const Shape& shape, int64_t fan_in, int64_t fan_out, Rng& rng);
Tensor filled(const Shape& shape, float value);

}  // namespace tengen::nn
