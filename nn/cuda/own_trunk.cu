// The trunk in one launch. A block holds all channels of its positions in buffers of shared
// memory and all sums of a layer in the registers of its warps, so that a layer may write where it
// has read.
//
// What limits it, computed and not measured, for 9x9 and 96 channels, three positions a block:
// - Products: 243 of 256 rows of the tiles are pixels. At the 500 TFLOP/s that mma.sync may reach
//   on Hopper, 12 layers of 13.4 MFLOP would take 2.9 M positions/s; shared memory allows more
//   (own_convolution.cu).
// - L2: a layer's 166 KB of weights for 3 positions: 2.0 MB a block of 12 layers, 1.9 TB/s at that
//   pace, and 31 KB a position in and out, 0.1 TB/s, where a launch for each layer moves 12 times
//   that and waits for it.
// - Barriers: one in 48 products of a warp, for which two warps keep a tensor core busy for some
//   640 cycles, and two more a layer. Between layers the tensor cores stand still while sums become
//   activations: 96 sums a thread, perhaps 2 K of a layer's 17 K cycles.
// Shared memory: 2 buffers of 248 * 208 bytes, 3 stages of 6 KB, 123 KB in all; one 19x19 position
// takes 173 KB.
#include <algorithm>

#include "nn/cuda/device_array.h"
#include "nn/cuda/own_trunk.h"
#include "nn/cuda/tap_product.h"
#include "nn/cuda/trunk_buffers.h"
#include "nn/cuda/trunk_runs.h"

namespace tengen::nn {
namespace {

constexpr int kMostBuffers = 4;

// A layer as the kernel reads it.
struct LayerWork {
  LayerBuffers buffers;
  bool relu = false, then_relu = false;
};

// The kernel's argument.
struct TrunkWork {
  TapShape shape;
  int n = 0, positions = 0, channels = 0;  // positions: of a block
  int row_warps = 0, columns = 0, buffer_halves = 0;
  int buffers = 0, layers = 0;
  const LayerWork* layer = nullptr;
  const uint4* weights = nullptr;       // packed_taps of all layers
  const float* terms = nullptr;         // column_terms of all layers
  const __half* in[kMostBuffers] = {};  // what the buffers hold in the beginning, or null
  __half* out[kMostBuffers] = {};       // where that goes which they hold in the end
};

__host__ __device__ int buffers_at(const TapShape& shape) { return kZeroRows * shape.stride(); }

__device__ __half* buffer_of(const TrunkWork& work, __half* shared, int buffer) {
  return shared + buffers_at(work.shape) + buffer * work.buffer_halves;
}

// What a layer makes of the sums, written to its buffers. Each element of a buffer is read and
// written by the thread that holds its sum.
template <int kPairs>
__device__ void finish(const TrunkWork& work, const LayerWork& layer, const float* terms,
                       __half* shared, int rows, int warp_row, int warp_column,
                       WarpSums<kPairs>& sums) {
  const int stride = work.shape.stride();
  const float* const bias = terms + warp_column;
  const float* const factor = bias + work.columns;
  const float* const term = factor + work.columns;
  for_each_sum(sums, [&](int row, int column, float a, float b) {
    if (warp_row + row >= rows || warp_column + column >= work.channels) return;
    const auto place = [&](int buffer) {
      return reinterpret_cast<__half2*>(buffer_of(work, shared, buffer) +
                                        (warp_row + row) * stride + warp_column + column);
    };
    a += bias[column];
    b += bias[column + 1];
    if (layer.buffers.residual >= 0) {
      const float2 more = __half22float2(*place(layer.buffers.residual));
      a += more.x;
      b += more.y;
    }
    if (layer.relu) rectify(a, b);
    if (layer.buffers.y >= 0) *place(layer.buffers.y) = __floats2half2_rn(a, b);
    if (layer.buffers.then_y < 0) return;
    a = a * factor[column] + term[column];
    b = b * factor[column + 1] + term[column + 1];
    if (layer.then_relu) rectify(a, b);
    *place(layer.buffers.then_y) = __floats2half2_rn(a, b);
  });
}

__device__ void write_pixels(const TrunkWork& work, const __half* buffer, int count, __half* to) {
  const int units = work.channels / 8;
  for (int i = static_cast<int>(threadIdx.x); i < count * units; i += static_cast<int>(blockDim.x))
    reinterpret_cast<uint4*>(to)[i] =
        *reinterpret_cast<const uint4*>(buffer + i / units * work.shape.stride() + i % units * 8);
}

// Shared memory: kZeroRows, the buffers, the ring of weights.
template <int kPairs>
__global__ void __launch_bounds__(32 * most_warps(kPairs)) run_trunk(const TrunkWork work) {
  __half* const shared = dynamic_shared<__half>();
  const TapShape& shape = work.shape;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int warp_row = warp % work.row_warps * kWarpRows, column_warp = warp / work.row_warps;
  const int first = static_cast<int>(blockIdx.x) * work.positions;
  const int rows = min(work.positions, work.n - first) * shape.points();
  const int64_t first_element = static_cast<int64_t>(first) * shape.points() * work.channels;
  const LaneRows lanes = lane_rows(shape, warp_row, rows, warp_row);

  // Zeros beside the board, and in channels that no layer writes.
  const int ring_at = buffers_at(shape) + work.buffers * work.buffer_halves;
  fill_with_zeros(shared, ring_at);
  __syncthreads();  // they are there before the pixels come over them
  for (int i = 0; i < work.buffers; ++i)
    if (work.in[i])
      copy_pixels(shape, work.in[i] + first_element, work.channels, rows,
                  buffer_of(work, shared, i));
  const int units = stage_bytes(work.columns) / int{sizeof(uint4)};
  WeightStream weights(work.weights, work.layers * shape.stages(), units,
                       reinterpret_cast<uint4*>(shared + ring_at));
  // The pixels are in the first stage's group of copies: there for all threads behind the barrier.
  wait_for_copies<kStages - 2>();
  __syncthreads();

  for (int i = 0; i < work.layers; ++i) {
    const LayerWork layer = work.layer[i];
    WarpSums<kPairs> sums;
    clear(sums);
    multiply_taps(shape, lanes,
                  {shared, buffers_at(shape) + layer.buffers.x * work.buffer_halves,
                   column_warp * kPairs, work.columns / 16},
                  weights, sums);
    __syncthreads();  // all have read what may be overwritten now
    finish(work, layer, work.terms + static_cast<int64_t>(i) * 3 * work.columns, shared, rows,
           warp_row, column_warp * 16 * kPairs, sums);
    __syncthreads();  // what the next layer reads is there
  }
  for (int i = 0; i < work.buffers; ++i)
    if (work.out[i])
      write_pixels(work, buffer_of(work, shared, i), rows, work.out[i] + first_element);
}

using Kernel = void (*)(TrunkWork);
Kernel kernel_of(int pairs) {
  return pairs == 4 ? run_trunk<4> : pairs == 3 ? run_trunk<3> : run_trunk<2>;
}

// How many positions a block takes, and what follows from it.
struct Grouping {
  ColumnTiles tiles;
  int positions = 0, row_warps = 0;  // none where not even one position fits
  int buffer_halves = 0, shared_bytes = 0;

  int warps() const { return row_warps * tiles.warps; }
};

Grouping group(const Conv2dShape& conv, int positions, int buffers) {
  const TapShape shape = tap_shape(conv);
  Grouping grouping{column_tiles(conv.out), positions};
  const int rows = positions * shape.points();
  grouping.row_warps = (rows + kWarpRows - 1) / kWarpRows;
  // Whole zero rows' worth of rows: the same row lies in the same banks in every buffer.
  grouping.buffer_halves = (rows + kZeroRows - 1) / kZeroRows * kZeroRows * shape.stride();
  grouping.shared_bytes =
      (buffers_at(shape) + buffers * grouping.buffer_halves) * int{sizeof(__half)} +
      kStages * stage_bytes(grouping.tiles.columns());
  return grouping;
}

// The one that is estimated to be the fastest, or that of so many positions if they are not 0.
Grouping best_grouping(const Conv2dShape& conv, int buffers, const DeviceLimits& limits,
                       int asked) {
  Grouping best;
  double best_time = 0.0;
  for (int positions = 1;; ++positions) {
    const Grouping grouping = group(conv, positions, buffers);
    if (grouping.warps() > most_warps(grouping.tiles.pairs) ||
        grouping.shared_bytes > limits.shared_bytes)
      return best;
    if (asked > 0 && positions != asked) continue;
    const double time = estimated_time({.blocks = (conv.n + positions - 1) / positions,
                                        .pixels = grouping.row_warps * kWarpRows,
                                        .warps = grouping.warps(),
                                        .shared_bytes = grouping.shared_bytes},
                                       limits);
    if (best.positions == 0 || time < best_time) best = grouping, best_time = time;
  }
}

class OwnTrunk : public Trunk {
 public:
  OwnTrunk(std::span<const TrunkLayer> layers, const TrunkBuffers& buffers,
           const Grouping& grouping, const DeviceLimits& limits)
      : buffers_(buffers),
        weights_(weights_of(layers, grouping.tiles.columns())),
        terms_(terms_of(layers, grouping.tiles.columns())),
        layers_(works_of(layers, buffers)),
        kernel_(kernel_of(grouping.tiles.pairs)) {
    const Conv2dShape& conv = layers[0].parts.shape;
    work_.shape = tap_shape(conv);
    work_.n = static_cast<int>(conv.n);
    work_.positions = grouping.positions;
    work_.channels = static_cast<int>(conv.out);
    work_.row_warps = grouping.row_warps;
    work_.columns = grouping.tiles.columns();
    work_.buffer_halves = grouping.buffer_halves;
    work_.buffers = buffers.count;
    work_.layers = static_cast<int>(layers.size());
    work_.layer = layers_.data();
    work_.weights = reinterpret_cast<const uint4*>(weights_.data());
    work_.terms = terms_.data();
    const int64_t blocks = (conv.n + grouping.positions - 1) / grouping.positions;
    launch_ = {dim3(static_cast<unsigned>(blocks)), dim3(32 * grouping.warps()),
               static_cast<size_t>(grouping.shared_bytes)};
    // All that there may be, for the limit is the kernel's and holds for other trunks too.
    allow_shared_memory(kernel_, static_cast<size_t>(limits.shared_bytes));
  }

  std::string name() const override {
    return "own trunk of " + std::to_string(work_.layers) + ", " + std::to_string(work_.positions) +
           " positions a block";
  }
  const std::vector<int>& inputs() const override { return buffers_.inputs; }

  void run(std::span<const __half* const> inputs, std::span<__half* const> outputs,
           cudaStream_t stream) const override {
    CHECK(inputs.size() == buffers_.inputs.size());
    CHECK(outputs.size() == buffers_.output_buffers.size());
    TrunkWork work = work_;
    for (size_t i = 0; i < inputs.size(); ++i) {
      CHECK(reinterpret_cast<uintptr_t>(inputs[i]) % sizeof(uint4) == 0);
      work.in[buffers_.input_buffers[i]] = inputs[i];
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      CHECK(reinterpret_cast<uintptr_t>(outputs[i]) % sizeof(uint4) == 0);
      work.out[buffers_.output_buffers[i]] = outputs[i];
    }
    launch(kernel_, launch_, stream, work);
  }

 private:
  static std::vector<__half> weights_of(std::span<const TrunkLayer> layers, int columns) {
    std::vector<__half> all;
    for (const TrunkLayer& layer : layers) {
      const std::vector<__half> packed = packed_taps(layer.parts, columns);
      all.insert(all.end(), packed.begin(), packed.end());
    }
    return all;
  }
  static std::vector<float> terms_of(std::span<const TrunkLayer> layers, int columns) {
    std::vector<float> all;
    for (const TrunkLayer& layer : layers) {
      const std::vector<float> terms = column_terms(layer.parts, columns);
      all.insert(all.end(), terms.begin(), terms.end());
    }
    return all;
  }
  static std::vector<LayerWork> works_of(std::span<const TrunkLayer> layers,
                                         const TrunkBuffers& buffers) {
    std::vector<LayerWork> works;
    for (size_t i = 0; i < layers.size(); ++i)
      works.push_back({buffers.layers[i], layers[i].parts.relu, layers[i].parts.then_relu});
    return works;
  }

  TrunkBuffers buffers_;
  DeviceArray<__half> weights_;
  DeviceArray<float> terms_;
  DeviceArray<LayerWork> layers_;
  Kernel kernel_;
  TrunkWork work_;
  LaunchShape launch_;
};

}  // namespace

std::unique_ptr<Trunk> make_own_trunk(std::span<const TrunkLayer> layers,
                                      std::span<const int> outputs, int positions) {
  const DeviceLimits limits = current_device_limits();
  if (!limits.copies_beside || layers.empty()) return nullptr;
  for (const TrunkLayer& layer : layers)
    if (!share_trunk(layers[0].parts, layer.parts)) return nullptr;
  for (const TrunkLayer& layer : layers) {
    CHECK(layer.x >= 0);
    CHECK((layer.residual >= 0) == layer.parts.has_residual);
    CHECK((layer.y >= 0) == layer.parts.keeps_y);
    CHECK((layer.then_y >= 0) == !layer.parts.factor.empty());
  }
  const TrunkBuffers buffers = assign_buffers(layers, outputs);
  if (buffers.count > kMostBuffers) return nullptr;
  const Grouping grouping = best_grouping(layers[0].parts.shape, buffers.count, limits, positions);
  if (grouping.positions == 0) return nullptr;
  return std::make_unique<OwnTrunk>(layers, buffers, grouping, limits);
}

}  // namespace tengen::nn
