// Tengen's own half-precision convolution on the tensor cores.
//
// A block computes `rows` consecutive pixels of the batch, whatever images they belong to, by
// `columns` output channels. The pixels under its taps lie within shape.reach() on both sides of
// them in reading order: it loads this window once and keeps it, while the weights of all taps
// stream by (tap_product.h). In the end its results go through shared memory, so that they are
// written, and a residual read, in whole rows.
//
// What limits it, computed and not measured, for 3x3, 96 to 96 channels, 19x19:
// - Products: a pixel takes 2 * 9 * 96 * 96 = 166 kFLOP. mma.sync is said to reach about 60 % of
//   what wgmma does on Hopper, so some 500 of 790 TFLOP/s: 3 G pixels/s, 8.3 M images/s a layer.
// - Shared memory: in a step of 16 channels a warp of 64 pixels by 48 channels reads (64 + 48) * 32
//   = 3584 bytes, 28 cycles at 128 bytes, for 49152 products: 1755 a cycle and multiprocessor,
//   against 2048 of the tensor cores' peak on Hopper (1230 at the 60 % above), 1024 on Ampere.
// - L2: a block of 256 pixels reads 166 KB of weights and 296 * 192 = 57 KB of pixels and writes
//   49 KB for 42.5 MFLOP: 156 FLOP a byte, 3.2 TB/s at 500 TFLOP/s. It is close to the limit, and
//   twice of that for blocks of 128: the reason for large tiles, and for own_trunk.h.
// - Memory: 57 + 49 KB of these where L2 does not hold the batch: 1.2 TB/s.
#include <algorithm>

#include "nn/cuda/device_array.h"
#include "nn/cuda/tap_product.h"

namespace tengen::nn {
namespace {

// The kernel's argument.
struct ConvolutionWork {
  TapShape shape;
  int pixels = 0, in = 0, out = 0;      // pixels: of the whole batch
  int row_warps = 0, column_warps = 0;  // of a block
  int ring_at = 0;                      // in shared memory, in halves
  bool relu = false, then_relu = false, has_then = false;
  const uint4* weights = nullptr;  // packed_taps
  const float* terms = nullptr;    // column_terms
  int all_columns = 0;             // of terms
  HalfConvolutionCall call;
};

// The block's part of the output, and the place of its results in shared memory.
struct OutputTile {
  int first_pixel, pixels;    // of the batch
  int first_column, columns;  // output channels
  __half* results;
  int stride;
};

// Bytes 16 at a time between an image [pixels,out] and the tile; both ways all threads take part.
__device__ void begin_to_read(const OutputTile& tile, const __half* image, int out) {
  const int units = tile.columns / 8;
  for (int i = static_cast<int>(threadIdx.x); i < tile.pixels * units;
       i += static_cast<int>(blockDim.x)) {
    const int row = i / units, column = i % units * 8;
    begin_copy(
        tile.results + row * tile.stride + column,
        image + static_cast<int64_t>(tile.first_pixel + row) * out + tile.first_column + column);
  }
}
__device__ void write(const OutputTile& tile, __half* image, int out) {
  const int units = tile.columns / 8;
  for (int i = static_cast<int>(threadIdx.x); i < tile.pixels * units;
       i += static_cast<int>(blockDim.x)) {
    const int row = i / units, column = i % units * 8;
    *reinterpret_cast<uint4*>(image + static_cast<int64_t>(tile.first_pixel + row) * out +
                              tile.first_column + column) =
        *reinterpret_cast<const uint4*>(tile.results + row * tile.stride + column);
  }
}

// y and then_y from the sums. Elements of the tile are read and written by the thread that holds
// their sums; barriers stand where whole rows are read or written instead.
template <int kPairs>
__device__ void finish(const ConvolutionWork& work, const OutputTile& tile, int warp_row,
                       int warp_column, WarpSums<kPairs>& sums) {
  const float* const bias = work.terms + tile.first_column + warp_column;
  const auto place = [&](int row, int column) {
    return reinterpret_cast<__half2*>(tile.results + (warp_row + row) * tile.stride + warp_column +
                                      column);
  };
  const auto outside = [&](int row, int column) {
    return warp_row + row >= tile.pixels || warp_column + column >= tile.columns;
  };
  for_each_sum(sums, [&](int row, int column, float& a, float& b) {
    if (outside(row, column)) return;
    a += bias[column];
    b += bias[column + 1];
    if (work.call.row_bias) {
      const int image = (tile.first_pixel + warp_row + row) / work.shape.points();
      const float2 more = __half22float2(*reinterpret_cast<const __half2*>(
          work.call.row_bias + static_cast<int64_t>(image) * work.out + tile.first_column +
          warp_column + column));
      a += more.x;
      b += more.y;
    }
    if (work.call.residual) {
      const float2 more = __half22float2(*place(row, column));
      a += more.x;
      b += more.y;
    }
    if (work.relu) rectify(a, b);
    if (work.call.y) *place(row, column) = __floats2half2_rn(a, b);
  });
  if (work.call.y) {
    __syncthreads();  // the results of all threads are there
    write(tile, work.call.y, work.out);
  }
  if (!work.has_then) return;
  if (work.call.y) __syncthreads();  // and have been read
  const float* const factor = bias + work.all_columns;
  const float* const term = factor + work.all_columns;
  for_each_sum(sums, [&](int row, int column, float a, float b) {
    if (outside(row, column)) return;
    a = a * factor[column] + term[column];
    b = b * factor[column + 1] + term[column + 1];
    if (work.then_relu) rectify(a, b);
    *place(row, column) = __floats2half2_rn(a, b);
  });
  __syncthreads();
  write(tile, work.call.then_y, work.out);
}

// Shared memory: kZeroRows, the window of pixels, the ring of weights; in the end the results take
// the place of the first two.
template <int kPairs>
__global__ void __launch_bounds__(32 * most_warps(kPairs)) convolve(const ConvolutionWork work) {
  __half* const shared = dynamic_shared<__half>();
  const TapShape& shape = work.shape;
  const int rows = work.row_warps * kWarpRows, columns = work.column_warps * 16 * kPairs;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int warp_row = warp % work.row_warps * kWarpRows, column_warp = warp / work.row_warps;
  const int first = static_cast<int>(blockIdx.x) * rows;
  const OutputTile tile{first,
                        min(rows, work.pixels - first),
                        static_cast<int>(blockIdx.y) * columns,
                        min(columns, work.out - static_cast<int>(blockIdx.y) * columns),
                        shared,
                        columns + 8};

  const int rows_at = kZeroRows * shape.stride();
  const int window = max(first - shape.reach(), 0);  // its first pixel that there is
  fill_with_zeros(shared, rows_at);
  copy_pixels(shape, work.call.x + static_cast<int64_t>(window) * work.in, work.in,
              min(first + rows + shape.reach(), work.pixels) - window,
              shared + rows_at + (window - (first - shape.reach())) * shape.stride());
  const int units = stage_bytes(columns) / int{sizeof(uint4)};
  WeightStream weights(work.weights + static_cast<int64_t>(blockIdx.y) * shape.stages() * units,
                       shape.stages(), units, reinterpret_cast<uint4*>(shared + work.ring_at));
  // The pixels are in the first stage's group of copies: there for all threads behind the barrier.
  wait_for_copies<kStages - 2>();
  __syncthreads();

  WarpSums<kPairs> sums;
  clear(sums);
  multiply_taps(shape, lane_rows(shape, first + warp_row, work.pixels, shape.reach() + warp_row),
                {shared, rows_at, column_warp * kPairs, columns / 16}, weights, sums);
  __syncthreads();  // nobody reads the window any more
  if (work.call.residual) {
    begin_to_read(tile, work.call.residual, work.out);
    end_copy_group();
    wait_for_copies<0>();
    __syncthreads();
  }
  finish(work, tile, warp_row, column_warp * 16 * kPairs, sums);
}

using Kernel = void (*)(ConvolutionWork);
Kernel kernel_of(int pairs) {
  return pairs == 4 ? convolve<4> : pairs == 3 ? convolve<3> : convolve<2>;
}

// How an output is cut into blocks.
struct Cut {
  ColumnTiles tiles;  // of one block
  int row_warps = 0;
  unsigned row_blocks = 0, column_blocks = 0;
  int ring_at = 0, shared_bytes = 0;

  int rows() const { return row_warps * kWarpRows; }
};

Cut cut_into(const Conv2dShape& conv, int row_warps) {
  constexpr int kMostColumnWarps = 4;
  Cut cut{column_tiles(conv.out), row_warps};
  cut.column_blocks = (cut.tiles.warps + kMostColumnWarps - 1) / kMostColumnWarps;
  cut.tiles.warps = (cut.tiles.warps + cut.column_blocks - 1) / cut.column_blocks;
  cut.row_blocks = (conv.n * conv.height * conv.width + cut.rows() - 1) / cut.rows();
  const TapShape shape = tap_shape(conv);
  const int columns = cut.tiles.columns();
  cut.ring_at = std::max((kZeroRows + cut.rows() + 2 * shape.reach()) * shape.stride(),
                         cut.rows() * (columns + 8));
  cut.shared_bytes = cut.ring_at * int{sizeof(__half)} + kStages * stage_bytes(columns);
  return cut;
}

// That which is estimated to be the fastest, of those with so many rows if that is not 0; without
// rows where none fits.
Cut best_cut(const Conv2dShape& conv, const DeviceLimits& limits, int rows) {
  constexpr int kPixelsForTheRest = 32;  // loading the window and writing, a guess
  Cut best;
  double best_time = 0.0;
  for (const int row_warps : {1, 2, 4}) {
    const Cut cut = cut_into(conv, row_warps);
    const int warps = cut.row_warps * cut.tiles.warps;
    if (warps > most_warps(cut.tiles.pairs) || cut.shared_bytes > limits.shared_bytes) continue;
    if (rows > 0 && rows != cut.rows()) continue;
    const double time = estimated_time({.blocks = int64_t{cut.row_blocks} * cut.column_blocks,
                                        .pixels = cut.rows(),
                                        .more_pixels = kPixelsForTheRest,
                                        .warps = warps,
                                        .shared_bytes = cut.shared_bytes},
                                       limits);
    if (best.row_warps == 0 || time < best_time) best = cut, best_time = time;
  }
  return best;
}

class OwnConvolution : public HalfConvolution {
 public:
  OwnConvolution(const HalfConvolutionParts& parts, const Cut& cut, const DeviceLimits& limits)
      : weights_(packed_taps(parts, cut.tiles.columns())),
        all_columns_(cut.tiles.columns() * static_cast<int>(cut.column_blocks)),
        terms_(column_terms(parts, all_columns_)),
        kernel_(kernel_of(cut.tiles.pairs)),
        has_row_bias_(parts.has_row_bias),
        has_residual_(parts.has_residual),
        keeps_y_(parts.keeps_y) {
    const Conv2dShape& conv = parts.shape;
    work_.shape = tap_shape(conv);
    work_.pixels = static_cast<int>(conv.n * conv.height * conv.width);
    work_.in = static_cast<int>(conv.in);
    work_.out = static_cast<int>(conv.out);
    work_.row_warps = cut.row_warps;
    work_.column_warps = cut.tiles.warps;
    work_.ring_at = cut.ring_at;
    work_.relu = parts.relu;
    work_.has_then = !parts.factor.empty();
    work_.then_relu = parts.then_relu;
    work_.weights = reinterpret_cast<const uint4*>(weights_.data());
    work_.terms = terms_.data();
    work_.all_columns = all_columns_;
    shape_ = {dim3(cut.row_blocks, cut.column_blocks), dim3(32 * cut.row_warps * cut.tiles.warps),
              static_cast<size_t>(cut.shared_bytes)};
    // All that there may be, for the limit is the kernel's and holds for other objects too.
    allow_shared_memory(kernel_, static_cast<size_t>(limits.shared_bytes));
    name_ = "own " + std::to_string(cut.rows()) + "x" + std::to_string(cut.tiles.columns());
  }

  std::string name() const override { return name_; }

  void run(const HalfConvolutionCall& call, cudaStream_t stream) const override {
    CHECK((call.row_bias != nullptr) == has_row_bias_);
    CHECK((call.residual != nullptr) == has_residual_);
    CHECK((call.y != nullptr) == keeps_y_);
    CHECK((call.then_y != nullptr) == work_.has_then);
    for (const void* const image :
         {static_cast<const void*>(call.x), static_cast<const void*>(call.residual),
          static_cast<const void*>(call.y), static_cast<const void*>(call.then_y)})
      CHECK(reinterpret_cast<uintptr_t>(image) % sizeof(uint4) == 0);
    ConvolutionWork work = work_;
    work.call = call;
    launch(kernel_, shape_, stream, work);
  }

 private:
  DeviceArray<__half> weights_;
  int all_columns_;
  DeviceArray<float> terms_;
  Kernel kernel_;
  bool has_row_bias_, has_residual_, keeps_y_;
  ConvolutionWork work_;
  LaunchShape shape_;
  std::string name_;
};

}  // namespace

std::unique_ptr<HalfConvolution> make_own_half_convolution(const HalfConvolutionParts& parts,
                                                           int tile_pixels) {
  const DeviceLimits limits = current_device_limits();
  if (!limits.copies_beside || !knows_taps(parts.shape)) return nullptr;
  const Cut cut = best_cut(parts.shape, limits, tile_pixels);
  if (cut.row_warps == 0) return nullptr;
  return std::make_unique<OwnConvolution>(parts, cut, limits);
}

}  // namespace tengen::nn
