// How Tengen's own convolutions lie in memory and are cut into tiles, for host and device;
// tap_product.h computes with it.
#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <vector>

#include "nn/cuda/half_convolution.h"

namespace tengen::nn {

constexpr int kRowTiles = 4;               // of 16 output pixels, in the tile of a warp
constexpr int kWarpRows = 16 * kRowTiles;  // pixels
constexpr int kStageChannels = 32;         // input channels whose weights arrive together
constexpr int kStages = 3;                 // places for weights: two arrive while one is used

// A stride-1 'same' convolution, as a kernel needs to know it.
struct TapShape {
  int height = 0, width = 0;  // of an image
  int kernel_h = 0, kernel_w = 0;
  int channels =
      0;  // of a pixel in shared memory: of x, made a multiple of kStageChannels by zeros

  // Halves from one pixel's channels to the next's in shared memory. An odd number of 16-byte
  // units: eight pixels in a row then lie in different banks, and load_left meets no conflict.
  __host__ __device__ int stride() const { return channels + 8; }
  __host__ __device__ int points() const { return height * width; }
  // Pixels between that under a tap and that under the kernel's middle, in reading order.
  __host__ __device__ int shift(int ky, int kx) const {
    return (ky - kernel_h / 2) * width + kx - kernel_w / 2;
  }
  __host__ __device__ int reach() const { return -shift(0, 0); }
  __host__ __device__ int stages() const { return kernel_h * kernel_w * channels / kStageChannels; }
};

// Whether the kernels know the convolution: stride 1, as large an image out as in, one group, at
// most 32 taps (a bit of a mask each), and pixels of whole 16-byte units out.
bool knows_taps(const Conv2dShape& shape);
TapShape tap_shape(const Conv2dShape& shape);

// The output channels, made a whole number of warps' tiles of 16 `pairs` channels.
struct ColumnTiles {
  int pairs = 0;  // 2, 3 or 4
  int warps = 0;
  int columns() const { return 16 * pairs * warps; }
};
ColumnTiles column_tiles(int64_t out);

// Of a block, as 64 K registers allow: 168 to a thread, or 255 where a tile is wide.
__host__ __device__ constexpr int most_warps(int pairs) { return pairs == 4 ? 8 : 12; }

// The weights in the order in which the tensor cores take them: a stage after the other, one for
// each tap and kStageChannels input channels, for blocks of `columns` output channels. Each stage
// holds two steps of 16 input channels; a step, for every 16 output channels, two RightFragments
// of each lane, so that a lane reads them as one uint4. Zero beyond x's and y's channels.
std::vector<__half> packed_taps(const HalfConvolutionParts& parts, int columns);
// Of one stage for a block.
__host__ __device__ constexpr int stage_bytes(int columns) {
  return kStageChannels * columns * int{sizeof(__half)};
}

// bias, factor and term, `columns` of each, zero where there is none.
std::vector<float> column_terms(const HalfConvolutionParts& parts, int columns);

struct DeviceLimits {
  int multiprocessors = 0;
  int shared_bytes = 0;        // of one block
  bool copies_beside = false;  // cp.async, from compute capability 8.0 on
};
DeviceLimits current_device_limits();

// The time that so many equal blocks take, estimated in pixels that the busiest multiprocessor
// goes through. It needs eight warps to be busy. Nobody has measured this.
struct BlockLoad {
  int64_t blocks = 0;
  int pixels = 0;       // of all its tiles
  int more_pixels = 0;  // that would take as long as what it does besides
  int warps = 0;
  int shared_bytes = 0;
};
double estimated_time(const BlockLoad& load, const DeviceLimits& limits);

}  // namespace tengen::nn
