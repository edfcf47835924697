// What normalisation gathers in one pass: mean and squares about it, or two sums.
#pragma once

#include <cuda_runtime.h>

namespace tengen::nn {

// Of some numbers; squares is the sum of (x - mean)^2. Welford's update and the merging of Chan,
// Golub and LeVeque ("Updating formulae and a pairwise algorithm for computing sample variances",
// 1979), which lose nothing when the mean is far from zero.
struct Moments {
  float count, mean, squares;

  __device__ void add(float x) {
    count += 1.0f;
    const float before = x - mean;
    mean += __fdividef(before, count);
    squares += before * (x - mean);
  }
};

struct MomentsFold {
  using State = Moments;
  __device__ Moments empty() const { return {0.0f, 0.0f, 0.0f}; }
  __device__ Moments merged(const Moments& a, const Moments& b) const {
    if (a.count == 0.0f || b.count == 0.0f) return a.count == 0.0f ? b : a;
    const float count = a.count + b.count, between = b.mean - a.mean, share = b.count / count;
    return {count, a.mean + between * share,
            a.squares + b.squares + between * between * a.count * share};
  }
};

struct TwoSums {
  float first, second;
};
struct TwoSumsFold {
  using State = TwoSums;
  __device__ TwoSums empty() const { return {0.0f, 0.0f}; }
  __device__ TwoSums merged(const TwoSums& a, const TwoSums& b) const {
    return {a.first + b.first, a.second + b.second};
  }
};

}  // namespace tengen::nn
