// Convolution on the tensor cores: what own_convolution.cu and own_trunk.cu have in common.
//
// The pixels of images lie in shared memory, a row of channels each. The product for a tap of the
// kernel is a matrix product of those rows with the tap's weights: since each lane names the rows
// that it loads, moving to the next tap moves addresses and no data. Rows of taps beside the board
// are rows of zeros. Weights stream through shared memory past all pixels of the block.
#pragma once

#include "nn/cuda/launch.h"
#include "nn/cuda/tap_layout.h"
#include "nn/cuda/tensor_core.h"

namespace tengen::nn {

// Rows of zeros stand at the beginning of shared memory, eight for one in each group of banks: a
// lane whose tap is beside the board takes that which lies in the banks of the row it would have
// taken, so that it gets in no other lane's way.
constexpr int kZeroRows = 8;

// The sums of a warp's tile, kWarpRows pixels by 16 kPairs output channels.
template <int kPairs>
struct WarpSums {
  float at[kRowTiles][2 * kPairs][4];
};

// Of every row tile, the row that this lane loads: the first of these, the others follow 16 apart.
// The pixel's taps on the board are bits, that of the top left tap the lowest.
struct LaneRows {
  int first = 0;
  unsigned taps[kRowTiles];
};

__device__ inline unsigned taps_on_board(const TapShape& shape, int point) {
  const int y = point / shape.width, x = point % shape.width;
  unsigned taps = 0, bit = 1;
  for (int ky = 0; ky < shape.kernel_h; ++ky)
    for (int kx = 0; kx < shape.kernel_w; ++kx, bit <<= 1) {
      const int tap_y = y + ky - shape.kernel_h / 2, tap_x = x + kx - shape.kernel_w / 2;
      if (tap_y >= 0 && tap_y < shape.height && tap_x >= 0 && tap_x < shape.width) taps |= bit;
    }
  return taps;
}

// For a warp whose tile begins at `pixel`, which lies in row `row`; there are `pixels`.
__device__ inline LaneRows lane_rows(const TapShape& shape, int pixel, int pixels, int row) {
  const int lane_row = static_cast<int>(threadIdx.x) % 16;
  LaneRows rows;
  rows.first = row + lane_row;
#pragma unroll
  for (int i = 0; i < kRowTiles; ++i) {
    const int at = pixel + lane_row + 16 * i;
    rows.taps[i] = at < pixels ? taps_on_board(shape, at % shape.points()) : 0;
  }
  return rows;
}

// Stages of weights, copied from global memory into a ring of kStages places two ahead of their
// use. All threads of the block take part.
class WeightStream {
 public:
  __device__ WeightStream(const uint4* from, int stages, int stage_units, uint4* ring)
      : from_(from), left_(stages), units_(stage_units), ring_(ring) {
    for (int i = 0; i < kStages - 1; ++i) begin_stage();
  }

  // The next stage, good until the call after. Two things hold behind the barrier: the copies of
  // every thread for this stage are done, because each has waited for its own before; and nobody
  // reads the stage before any more, so that its place may take the one that is begun now.
  __device__ const uint4* next() {
    wait_for_copies<kStages - 2>();
    __syncthreads();
    begin_stage();
    const uint4* const stage = ring_ + taken_ * units_;
    taken_ = taken_ + 1 == kStages ? 0 : taken_ + 1;
    return stage;
  }

 private:
  // An empty group where no stage is left, so that counting groups goes on counting stages.
  __device__ void begin_stage() {
    if (left_ > 0) {
      uint4* const to = ring_ + begun_ * units_;
      for (int i = static_cast<int>(threadIdx.x); i < units_; i += static_cast<int>(blockDim.x))
        begin_copy(to + i, from_ + i);
      from_ += units_;
      --left_;
      begun_ = begun_ + 1 == kStages ? 0 : begun_ + 1;
    }
    end_copy_group();
  }

  const uint4* from_;
  int left_, units_;
  uint4* ring_;
  int begun_ = 0, taken_ = 0;  // places in the ring
};

__device__ inline void load_rows(const __half* shared, const int (&at)[kRowTiles], int channel,
                                 LeftFragment (&left)[kRowTiles]) {
#pragma unroll
  for (int i = 0; i < kRowTiles; ++i) left[i] = load_left(shared + at[i] + channel);
}

// Where the rows of pixels begin in shared memory, in halves (after a multiple of eight rows), and
// which pairs of the block's `pairs` are the warp's.
struct TapOperands {
  const __half* shared;
  int rows_at;
  int first_pair, pairs;
};

// sums += the convolution at the warp's tile, over all taps and channels. The rows must be there;
// where other warps write them next, a barrier must come between.
template <int kPairs>
__device__ inline void multiply_taps(const TapShape& shape, const LaneRows& rows,
                                     const TapOperands& operands, WeightStream& weights,
                                     WarpSums<kPairs>& sums) {
  const int lane = static_cast<int>(threadIdx.x) % 32, stride = shape.stride();
  int tap = 0;
#pragma unroll 1
  for (int ky = 0; ky < shape.kernel_h; ++ky)
#pragma unroll 1
    for (int kx = 0; kx < shape.kernel_w; ++kx, ++tap) {
      int at[kRowTiles];
#pragma unroll
      for (int i = 0; i < kRowTiles; ++i) {
        const int row = rows.first + 16 * i + shape.shift(ky, kx);
        const bool on_board = rows.taps[i] >> tap & 1;
        at[i] = (on_board ? operands.rows_at + row * stride : (row & (kZeroRows - 1)) * stride) +
                lane / 16 * 8;
      }
#pragma unroll 1
      for (int channel = 0; channel < shape.channels; channel += kStageChannels) {
        LeftFragment left[kRowTiles];
        load_rows(operands.shared, at, channel, left);  // while the weights may still be coming
        const uint4* const stage = weights.next() + operands.first_pair * 32 + lane;
#pragma unroll
        for (int step = 0; step < kStageChannels / 16; ++step) {
          if (step > 0) load_rows(operands.shared, at, channel + 16 * step, left);
#pragma unroll
          for (int p = 0; p < kPairs; ++p) {
            const uint4 right = stage[(step * operands.pairs + p) * 32];
#pragma unroll
            for (int i = 0; i < kRowTiles; ++i) {
              multiply_add(left[i], RightFragment{{right.x, right.y}}, sums.at[i][2 * p]);
              multiply_add(left[i], RightFragment{{right.z, right.w}}, sums.at[i][2 * p + 1]);
            }
          }
        }
      }
    }
}

// Calls body(row, column, sum at the column, sum at the next) for all sums of this lane, counted
// within the warp's tile.
template <int kPairs, class Body>
__device__ __forceinline__ void for_each_sum(WarpSums<kPairs>& sums, const Body& body) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
  for (int j = 0; j < 2 * kPairs; ++j)
#pragma unroll
    for (int i = 0; i < kRowTiles; ++i)
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        float* const sum = sums.at[i][j] + 2 * half;
        body(16 * i + 8 * half + lane / 4, 8 * j + lane % 4 * 2, sum[0], sum[1]);
      }
}

template <int kPairs>
__device__ inline void clear(WarpSums<kPairs>& sums) {
  for_each_sum(sums, [](int, int, float& a, float& b) { a = b = 0.0f; });
}

// Not by a maximum, so that a NaN stays one.
__device__ inline void rectify(float& a, float& b) {
  if (a < 0.0f) a = 0.0f;
  if (b < 0.0f) b = 0.0f;
}

// Begins to copy `count` pixels of `channels` channels from global memory into rows, and fills
// these up with zeros.
__device__ inline void copy_pixels(const TapShape& shape, const __half* from, int channels,
                                   int count, __half* rows) {
  const int units = shape.channels / 8;
  const bool whole = channels % 8 == 0;  // units, aligned ones
  for (int i = static_cast<int>(threadIdx.x); i < count * units;
       i += static_cast<int>(blockDim.x)) {
    const int pixel = i / units, channel = i % units * 8;
    const __half* const source = from + static_cast<int64_t>(pixel) * channels + channel;
    __half* const target = rows + pixel * shape.stride() + channel;
    if (whole && channel < channels)
      begin_copy(target, source);
    else
      for (int k = 0; k < 8; ++k)
        target[k] = channel + k < channels ? source[k] : __float2half(0.0f);
  }
}

__device__ inline void fill_with_zeros(__half* from, int halves) {
  for (int i = static_cast<int>(threadIdx.x); i < halves / 8; i += static_cast<int>(blockDim.x))
    reinterpret_cast<uint4*>(from)[i] = uint4{0, 0, 0, 0};
}

}  // namespace tengen::nn
