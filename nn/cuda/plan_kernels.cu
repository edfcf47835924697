#include "nn/cuda/plan_kernels.h"

#include <algorithm>
#include <cmath>

#include "nn/cuda/launch.h"

namespace tengen::nn {
namespace {

constexpr int kThreads = 256;
// Loops in the kernels take what is left: enough blocks to fill the largest chip several times.
constexpr int64_t kMostBlocks = 4096;

template <class... Parameters, class... Arguments>
void launch_over(int64_t count, cudaStream_t stream, void (*kernel)(Parameters...),
                 Arguments&&... arguments) {
  const int64_t blocks = std::min((count + kThreads - 1) / kThreads, kMostBlocks);
  if (blocks > 0)
    launch(kernel, {dim3(static_cast<unsigned>(blocks)), dim3(kThreads)}, stream,
           std::forward<Arguments>(arguments)...);
}

__device__ inline int64_t first_of_grid() {
  return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ inline int64_t grid_step() { return static_cast<int64_t>(gridDim.x) * blockDim.x; }

__device__ inline float number(float x) { return x; }
__device__ inline float number(__half x) { return __half2float(x); }
__device__ inline void put(float x, float* y) { *y = x; }
__device__ inline void put(float x, __half* y) { *y = __float2half(x); }
__device__ inline float rectified(float x, bool relu) { return relu && x < 0.0f ? 0.0f : x; }

__global__ void floats_to_halves_kernel(int64_t rows, int64_t columns, const float* x,
                                        const float* factor, int64_t stride, __half* y) {
  for (int64_t i = first_of_grid(); i < rows * stride; i += grid_step()) {
    const int64_t row = i / stride, c = i % stride;
    float value = 0.0f;
    if (c < columns) value = x[row * columns + c] * (factor ? factor[c] : 1.0f);
    y[i] = __float2half(value);
  }
}

__global__ void halves_to_floats_kernel(int64_t rows, int64_t columns, int64_t stride,
                                        const __half* x, float* y) {
  for (int64_t i = first_of_grid(); i < rows * columns; i += grid_step())
    y[i] = __half2float(x[i / columns * stride + i % columns]);
}

template <class T>
__global__ void scale_columns_kernel(int64_t size, int64_t columns, const T* x, const float* factor,
                                     const float* term, bool relu, T* y) {
  for (int64_t i = first_of_grid(); i < size; i += grid_step()) {
    const int64_t c = i % columns;
    put(rectified(number(x[i]) * factor[c] + term[c], relu), y + i);
  }
}

__global__ void finish_product_kernel(ProductFinish f, float* y) {
  const int64_t size = f.images * f.points * f.columns;
  for (int64_t i = first_of_grid(); i < size; i += grid_step()) {
    const int64_t c = i % f.columns;
    float value = y[i];
    if (f.bias) value += f.bias[c];
    if (f.row_bias)
      value += f.row_factor[c] * f.row_bias[i / (f.points * f.columns) * f.columns + c];
    if (f.residual) value += f.residual[i];
    y[i] = rectified(value, f.relu);
  }
}

__device__ inline float met(Binary op, float a, float b) {
  switch (op) {
    case Binary::kAdd:
      return a + b;
    case Binary::kSubtract:
      return a - b;
    case Binary::kMultiply:
      return a * b;
    case Binary::kDivide:
      return a / b;
    case Binary::kMaximum:
      return a < b ? b : a;
    case Binary::kMinimum:
      return b < a ? b : a;
    case Binary::kEqual:
      return a == b ? 1.0f : 0.0f;
  }
  return 0.0f;
}

__global__ void meet_kernel(Binary op, Broadcast way, const float* a, const float* b, bool relu,
                            float* y) {
  const int64_t size = way.outer * way.axis * way.inner;
  for (int64_t i = first_of_grid(); i < size; i += grid_step()) {
    const float other = b[i / (way.axis * way.inner) * way.inner + i % way.inner];
    y[i] = rectified(met(op, a[i], other), relu);
  }
}

// A block pools kThreads / kSides channels of an image, kSides threads a channel, whose parts
// meet in shared memory.
constexpr int kSides = 8, kChannels = kThreads / kSides;

template <class T>
__global__ void pool_images_kernel(Binary op, Broadcast way, const T* x, int64_t stride, float* y) {
  __shared__ float parts[kSides][kChannels];
  const bool mean = op == Binary::kAdd;
  const int side = static_cast<int>(threadIdx.x) / kChannels;
  const int lane = static_cast<int>(threadIdx.x) % kChannels;
  const int64_t chunks = (way.inner + kChannels - 1) / kChannels;
  for (int64_t piece = blockIdx.x; piece < way.outer * chunks; piece += gridDim.x) {
    const int64_t image = piece / chunks, c = piece % chunks * kChannels + lane;
    float part = mean ? 0.0f : -INFINITY;
    if (c < way.inner) {
      for (int64_t p = side; p < way.axis; p += kSides) {
        const float value = number(x[(image * way.axis + p) * stride + c]);
        part = mean ? part + value : met(op, part, value);
      }
    }
    parts[side][lane] = part;
    __syncthreads();
    if (side == 0 && c < way.inner) {
      for (int other = 1; other < kSides; ++other)
        part = mean ? part + parts[other][lane] : met(op, part, parts[other][lane]);
      y[image * way.inner + c] = mean ? part / static_cast<float>(way.axis) : part;
    }
    __syncthreads();
  }
}

template <class T>
void pool(Binary op, const Broadcast& way, const T* x, int64_t stride, float* y,
          cudaStream_t stream) {
  const int64_t pieces = way.outer * ((way.inner + kChannels - 1) / kChannels);
  launch_over(pieces * kThreads, stream, pool_images_kernel<T>, op, way, x, stride, y);
}

__device__ inline float warp_max(float x) {
  for (int by = 16; by > 0; by /= 2) {
    const float other = __shfl_xor_sync(0xffffffffu, x, by);
    x = x < other ? other : x;
  }
  return x;
}
__device__ inline float warp_sum(float x) {
  for (int by = 16; by > 0; by /= 2) x += __shfl_xor_sync(0xffffffffu, x, by);
  return x;
}

// A warp for each row.
__global__ void legal_log_softmax_kernel(int64_t rows, int64_t moves, const float* logits,
                                         const uint32_t* legal, float* y) {
  const int64_t words = (moves + 31) / 32, warps = grid_step() / 32;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  for (int64_t row = first_of_grid() / 32; row < rows; row += warps) {
    const float* const x = logits + row * moves;
    const uint32_t* const bits = legal + row * words;
    float most = -INFINITY, sum = 0.0f;
    for (int64_t i = lane; i < moves; i += 32)
      if (bits[i / 32] >> (i % 32) & 1u) most = most < x[i] ? x[i] : most;
    most = warp_max(most);
    for (int64_t i = lane; i < moves; i += 32)
      if (bits[i / 32] >> (i % 32) & 1u) sum += expf(x[i] - most);
    const float whole = most + logf(warp_sum(sum));
    for (int64_t i = lane; i < moves; i += 32)
      y[row * moves + i] = bits[i / 32] >> (i % 32) & 1u ? x[i] - whole : -INFINITY;
  }
}

}  // namespace

void floats_to_halves(int64_t rows, int64_t columns, const float* x, const float* factor,
                      int64_t stride, __half* y, cudaStream_t stream) {
  launch_over(rows * stride, stream, floats_to_halves_kernel, rows, columns, x, factor, stride, y);
}

void halves_to_floats(int64_t rows, int64_t columns, int64_t stride, const __half* x, float* y,
                      cudaStream_t stream) {
  launch_over(rows * columns, stream, halves_to_floats_kernel, rows, columns, stride, x, y);
}

void scale_columns(int64_t rows, int64_t columns, const float* x, const float* factor,
                   const float* term, bool relu, float* y, cudaStream_t stream) {
  launch_over(rows * columns, stream, scale_columns_kernel<float>, rows * columns, columns, x,
              factor, term, relu, y);
}
void scale_columns(int64_t rows, int64_t columns, const __half* x, const float* factor,
                   const float* term, bool relu, __half* y, cudaStream_t stream) {
  launch_over(rows * columns, stream, scale_columns_kernel<__half>, rows * columns, columns, x,
              factor, term, relu, y);
}

void finish_product(const ProductFinish& finish, float* y, cudaStream_t stream) {
  launch_over(finish.images * finish.points * finish.columns, stream, finish_product_kernel, finish,
              y);
}

void meet(Binary op, const Broadcast& way, const float* a, const float* b, bool relu, float* y,
          cudaStream_t stream) {
  launch_over(way.outer * way.axis * way.inner, stream, meet_kernel, op, way, a, b, relu, y);
}

void pool_images(Binary op, const Broadcast& way, const float* x, float* y, cudaStream_t stream) {
  pool(op, way, x, way.inner, y, stream);
}
void pool_images(Binary op, const Broadcast& way, const __half* x, int64_t stride, float* y,
                 cudaStream_t stream) {
  pool(op, way, x, stride, y, stream);
}

void legal_log_softmax(int64_t rows, int64_t moves, const float* logits, const uint32_t* legal,
                       float* y, cudaStream_t stream) {
  launch_over(rows * 32, stream, legal_log_softmax_kernel, rows, moves, logits, legal, y);
}

}  // namespace tengen::nn
