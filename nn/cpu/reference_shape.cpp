// ReferenceDevice: what moves elements and leaves them as they are.
#include <algorithm>
#include <vector>

#include "nn/cpu/reference_device.h"

namespace tengen::nn {

void ReferenceDevice::copy_blocks(int64_t blocks, int64_t size, const float* from,
                                  int64_t from_step, float* to, int64_t to_step) {
  for (int64_t b = 0; b < blocks; ++b) std::copy_n(from + b * from_step, size, to + b * to_step);
}

void ReferenceDevice::add_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step,
                                 float* to, int64_t to_step) {
  for (int64_t b = 0; b < blocks; ++b)
    for (int64_t i = 0; i < size; ++i) to[b * to_step + i] += from[b * from_step + i];
}

void ReferenceDevice::permute(int rank, const int64_t* dims, const int* axes, const float* x,
                              float* y) {
  std::vector<int64_t> step(rank, 1), at(rank, 0);  // of x; where in y
  for (int a = rank - 2; a >= 0; --a) step[a] = step[a + 1] * dims[a + 1];
  int64_t size = 1;
  for (int a = 0; a < rank; ++a) size *= dims[a];
  for (int64_t i = 0; i < size; ++i) {
    int64_t from = 0;
    for (int a = 0; a < rank; ++a) from += at[a] * step[axes[a]];
    y[i] = x[from];
    for (int a = rank - 1; a >= 0 && ++at[a] == dims[axes[a]]; --a) at[a] = 0;
  }
}

int64_t ReferenceDevice::to_indices(int64_t n, int64_t limit, const float* x, int32_t* index) {
  for (int64_t i = 0; i < n; ++i) {
    if (!(x[i] >= 0 && x[i] < static_cast<float>(limit))) return i;
    index[i] = static_cast<int32_t>(x[i]);
    if (static_cast<float>(index[i]) != x[i]) return i;
  }
  return n;
}

void ReferenceDevice::gather(int64_t outer, int64_t axis, int64_t inner, int64_t count,
                             const int32_t* index, const float* x, float* y) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t j = 0; j < count; ++j)
      std::copy_n(x + (o * axis + index[j]) * inner, inner, y + (o * count + j) * inner);
}

void ReferenceDevice::gather_grad(int64_t outer, int64_t axis, int64_t inner, int64_t count,
                                  const int32_t* index, const float* dy, float* dx) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t j = 0; j < count; ++j)
      for (int64_t i = 0; i < inner; ++i)
        dx[(o * axis + index[j]) * inner + i] += dy[(o * count + j) * inner + i];
}

}  // namespace tengen::nn
