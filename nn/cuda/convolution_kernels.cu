#include "nn/cuda/convolution_kernels.h"

#include <algorithm>

#include "nn/cuda/launch.h"

namespace tengen::nn {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kMostBlocks = 1 << 16;  // each thread goes on in steps of the whole grid
constexpr int kTile = 32, kTileRows = 8;

LaunchShape over(int64_t elements) {
  const int64_t blocks = std::min((elements + kThreads - 1) / kThreads, kMostBlocks);
  return {dim3(static_cast<unsigned>(blocks)), dim3(kThreads)};
}

__device__ void put(float* to, float value) { *to = value; }
__device__ void put(__nv_bfloat16* to, float value) { *to = __float2bfloat16_rn(value); }

// A block takes a square through shared memory, so that reads and writes both follow rows. The
// extra column spreads a column of the square over the banks.
template <class To>
__global__ void transpose_tiles(int64_t rows, int64_t columns, const float* __restrict__ x,
                                To* __restrict__ y) {
  __shared__ float tile[kTile][kTile + 1];
  const int64_t across = (columns + kTile - 1) / kTile;
  const int64_t row = blockIdx.x / across * kTile, column = blockIdx.x % across * kTile;
  const int tx = static_cast<int>(threadIdx.x), ty = static_cast<int>(threadIdx.y);
  for (int i = ty; i < kTile; i += kTileRows)
    if (row + i < rows && column + tx < columns) tile[i][tx] = x[(row + i) * columns + column + tx];
  __syncthreads();
  for (int i = ty; i < kTile; i += kTileRows)
    if (column + i < columns && row + tx < rows)
      put(&y[(column + i) * rows + row + tx], tile[tx][i]);
}

template <class To>
void transpose_to(int64_t rows, int64_t columns, const float* x, To* y, cudaStream_t stream) {
  const int64_t tiles = ((rows + kTile - 1) / kTile) * ((columns + kTile - 1) / kTile);
  if (tiles == 0) return;
  launch(transpose_tiles<To>, {dim3(static_cast<unsigned>(tiles)), dim3(kTile, kTileRows)}, stream,
         rows, columns, x, y);
}

// Conv2dShape as a kernel may take it, with what is computed from it.
struct Windows {
  explicit Windows(const Conv2dShape& s)
      : n(s.n),
        height(s.height),
        width(s.width),
        channels(s.in),
        group_in(s.group_in()),
        groups(s.groups),
        kernel_h(s.kernel_h),
        kernel_w(s.kernel_w),
        out_height(s.out_height()),
        out_width(s.out_width()),
        stride_h(s.stride.h),
        stride_w(s.stride.w),
        padding_h(s.padding.h),
        padding_w(s.padding.w),
        dilation_h(s.dilation.h),
        dilation_w(s.dilation.w) {}
  int64_t n, height, width, channels, group_in, groups, kernel_h, kernel_w, out_height, out_width;
  int64_t stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w;
};

__global__ void write_patches(Windows s, const float* __restrict__ x, float* __restrict__ patches) {
  const int64_t taps = s.kernel_h * s.kernel_w, depth = taps * s.channels;
  const int64_t total = s.n * s.out_height * s.out_width * depth;
  const int64_t step = int64_t{gridDim.x} * blockDim.x;
  for (int64_t i = int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < total; i += step) {
    const int64_t row = i / depth, at = i % depth;
    const int64_t tap = at / s.group_in % taps;
    const int64_t channel = at / (taps * s.group_in) * s.group_in + at % s.group_in;
    const int64_t image = row / (s.out_height * s.out_width);
    const int64_t h = row / s.out_width % s.out_height * s.stride_h - s.padding_h +
                      tap / s.kernel_w * s.dilation_h;
    const int64_t w =
        row % s.out_width * s.stride_w - s.padding_w + tap % s.kernel_w * s.dilation_w;
    const bool inside = h >= 0 && h < s.height && w >= 0 && w < s.width;
    patches[i] = inside ? x[((image * s.height + h) * s.width + w) * s.channels + channel] : 0.0f;
  }
}

__global__ void add_patches(Windows s, const float* __restrict__ patches, float* __restrict__ x) {
  const int64_t taps = s.kernel_h * s.kernel_w, depth = taps * s.channels;
  const int64_t total = s.n * s.height * s.width * s.channels;
  const int64_t step = int64_t{gridDim.x} * blockDim.x;
  for (int64_t i = int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < total; i += step) {
    const int64_t channel = i % s.channels, w = i / s.channels % s.width;
    const int64_t h = i / (s.channels * s.width) % s.height;
    const int64_t image = i / (s.channels * s.width * s.height);
    const int64_t at = channel / s.group_in * taps * s.group_in + channel % s.group_in;
    float sum = 0.0f;
    for (int64_t ky = 0; ky < s.kernel_h; ++ky) {
      const int64_t down = h + s.padding_h - ky * s.dilation_h;
      if (down < 0 || down % s.stride_h != 0 || down / s.stride_h >= s.out_height) continue;
      for (int64_t kx = 0; kx < s.kernel_w; ++kx) {
        const int64_t right = w + s.padding_w - kx * s.dilation_w;
        if (right < 0 || right % s.stride_w != 0 || right / s.stride_w >= s.out_width) continue;
        const int64_t row =
            (image * s.out_height + down / s.stride_h) * s.out_width + right / s.stride_w;
        sum += patches[row * depth + at + (ky * s.kernel_w + kx) * s.group_in];
      }
    }
    x[i] = sum;
  }
}

}  // namespace

void transpose(int64_t rows, int64_t columns, const float* x, float* y, cudaStream_t stream) {
  transpose_to(rows, columns, x, y, stream);
}

void transpose(int64_t rows, int64_t columns, const float* x, __nv_bfloat16* y,
               cudaStream_t stream) {
  transpose_to(rows, columns, x, y, stream);
}

void make_patches(const Conv2dShape& s, const float* x, float* patches, cudaStream_t stream) {
  const int64_t total = s.n * s.out_height() * s.out_width() * s.kernel_h * s.kernel_w * s.in;
  if (total > 0) launch(write_patches, over(total), stream, Windows(s), x, patches);
}

void sum_patches(const Conv2dShape& s, const float* patches, float* x, cudaStream_t stream) {
  const int64_t total = s.n * s.height * s.width * s.in;
  if (total > 0) launch(add_patches, over(total), stream, Windows(s), patches, x);
}

}  // namespace tengen::nn
