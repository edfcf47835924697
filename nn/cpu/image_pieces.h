// How a convolution hands its result on, or gets its gradient, a few images at a time while they
// are in the cache: so that what follows it needs no passes over memory.
#pragma once

#include <algorithm>
#include <cstdint>

#include "nn/base/parallel.h"
#include "nn/cpu/kernels.h"
#include "nn/device.h"

namespace tengen::nn {

// The images of a result go to y or, if `take` is set, through it, from several threads at once:
// (*take)(first, images, y).
struct ImageSink {
  float* y = nullptr;
  const LoopBody<int64_t, int64_t, const float*>* take = nullptr;
};

// The gradient of a result is in dy or, if `make` is set, written by it, from several threads:
// (*make)(first, images, dy).
struct ImageSource {
  const float* dy = nullptr;
  const LoopBody<int64_t, int64_t, float*>* make = nullptr;
};

// Into how many parts to split `units` of work, of at least `least` each, for partial sums: a
// power of two, so that they fit any usual number of workers.
inline int64_t parts_of(int64_t units, int64_t least) {
  int64_t parts = 1;
  while (parts < 16 && units / (2 * parts) >= least) parts *= 2;
  return parts;
}

// The part's share [begin, end) of n.
struct Share {
  Share(int64_t n, int64_t parts, int64_t part)
      : begin(n * part / parts), end(n * (part + 1) / parts) {}
  int64_t begin, end;
};

// y [size] = the sum of partial [parts, size], in order.
inline void sum_parts(const Kernels& kernels, int64_t parts, int64_t size, const float* partial,
                      float* y) {
  parallel_ranges(size, 8 * 1024, [&](int64_t begin, int64_t end) {
    std::copy(partial + begin, partial + end, y + begin);
    for (int64_t part = 1; part < parts; ++part)
      kernels.axpy(end - begin, 1.0f, partial + part * size + begin, y + begin);
  });
}

}  // namespace tengen::nn
