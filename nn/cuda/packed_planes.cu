#include "nn/cuda/packed_planes.h"

#include <algorithm>

#include "nn/base/check.h"
#include "nn/cuda/launch.h"

namespace tengen::nn {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kMostRowsOfBlocks = 65535;

__device__ inline void put(float x, float* y) { *y = x; }
__device__ inline void put(float x, __half* y) { *y = __float2half(x); }

// A thread for each number of a row, y [points, stride]; blockIdx.y and so on are rows.
template <class T>
__global__ void expand_planes_kernel(int points, int planes, int64_t rows, const uint32_t* packed,
                                     T* y, int stride) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= points * stride) return;
  const int point = i / stride, plane = i % stride;
  const int64_t words = static_cast<int64_t>((points + 31) / 32) * planes;
  for (int64_t row = blockIdx.y; row < rows; row += gridDim.y) {
    const uint32_t* const from = packed + row * (words + planes);
    float number = 0.0f;
    if (plane < planes && (from[point / 32 * planes + plane] >> (point % 32) & 1u))
      number = __uint_as_float(from[words + plane]);
    put(number, y + row * points * stride + i);
  }
}

template <class T>
void expand(const PlanesShape& shape, int64_t rows, const uint32_t* packed, T* y, int64_t stride,
            cudaStream_t stream) {
  const int64_t numbers = shape.points * stride;
  CHECK(stride >= shape.planes);
  CHECK(numbers <= 1 << 30);
  if (rows == 0 || numbers == 0) return;
  launch(expand_planes_kernel<T>,
         {dim3(static_cast<unsigned>((numbers + kThreads - 1) / kThreads),
               static_cast<unsigned>(std::min(rows, kMostRowsOfBlocks))),
          dim3(kThreads)},
         stream, static_cast<int>(shape.points), static_cast<int>(shape.planes), rows, packed, y,
         static_cast<int>(stride));
}

}  // namespace

void expand_planes(const PlanesShape& shape, int64_t rows, const uint32_t* packed, float* y,
                   int64_t stride, cudaStream_t stream) {
  expand(shape, rows, packed, y, stride, stream);
}
void expand_planes(const PlanesShape& shape, int64_t rows, const uint32_t* packed, __half* y,
                   int64_t stride, cudaStream_t stream) {
  expand(shape, rows, packed, y, stride, stream);
}

}  // namespace tengen::nn
