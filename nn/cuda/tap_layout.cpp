#include "nn/cuda/tap_layout.h"

#include <algorithm>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {
namespace {

constexpr int kBusyWarps = 8;
constexpr int kMostWarps = 12;  // for which a multiprocessor has registers

template <class T>
T round_up(T value, T multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

bool knows_taps(const Conv2dShape& s) {
  return s.n > 0 && s.groups == 1 && s.stride == PerAxis(1) && s.dilation == PerAxis(1) &&
         s.kernel_h % 2 == 1 && s.kernel_w % 2 == 1 && s.kernel_h * s.kernel_w <= 32 &&
         s.padding == PerAxis(s.kernel_h / 2, s.kernel_w / 2) && s.out % 8 == 0 &&
         s.n * s.height * s.width < int64_t{1} << 30;
}

TapShape tap_shape(const Conv2dShape& s) {
  return {static_cast<int>(s.height), static_cast<int>(s.width), static_cast<int>(s.kernel_h),
          static_cast<int>(s.kernel_w), static_cast<int>(round_up<int64_t>(s.in, kStageChannels))};
}

ColumnTiles column_tiles(int64_t out) {
  ColumnTiles best;
  for (const int pairs : {4, 3, 2}) {
    const ColumnTiles tiles{pairs,
                            static_cast<int>(round_up<int64_t>(out, 16 * pairs)) / (16 * pairs)};
    if (best.pairs == 0 || tiles.columns() < best.columns()) best = tiles;
  }
  return best;
}

std::vector<__half> packed_taps(const HalfConvolutionParts& parts, int columns) {
  const Conv2dShape& s = parts.shape;
  const int64_t taps = s.kernel_h * s.kernel_w, in = round_up<int64_t>(s.in, kStageChannels),
                out = round_up<int64_t>(s.out, columns);
  std::vector<__half> packed(static_cast<size_t>(taps * in * out));
  size_t at = 0;
  for (int64_t first = 0; first < out; first += columns)
    for (int64_t row = 0; row < taps * in; row += 16)  // of tap and channel; a step
      for (int64_t column = first; column < first + columns; column += 16)
        for (int64_t lane = 0; lane < 32; ++lane)
          for (int64_t i = 0; i < 8; ++i) {  // of the lane's, as tensor_core.h lays them out
            const int64_t k = row + lane % 4 * 2 + i % 2 + i / 2 % 2 * 8;
            const int64_t tap = k / in, channel = k % in, to = column + lane / 4 + i / 4 * 8;
            const bool inside = channel < s.in && to < s.out;
            packed[at++] = __float2half(
                inside ? parts.weight[static_cast<size_t>((tap * s.in + channel) * s.out + to)]
                       : 0.0f);
          }
  return packed;
}

std::vector<float> column_terms(const HalfConvolutionParts& parts, int columns) {
  std::vector<float> terms(3 * static_cast<size_t>(columns));
  std::copy(parts.bias.begin(), parts.bias.end(), terms.begin());
  std::copy(parts.factor.begin(), parts.factor.end(), terms.begin() + columns);
  std::copy(parts.term.begin(), parts.term.end(), terms.begin() + 2 * columns);
  return terms;
}

DeviceLimits current_device_limits() {
  int device, major;
  DeviceLimits limits;
  CUDA_CHECK(cudaGetDevice(&device));
  CUDA_CHECK(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device));
  CUDA_CHECK(
      cudaDeviceGetAttribute(&limits.multiprocessors, cudaDevAttrMultiProcessorCount, device));
  CUDA_CHECK(cudaDeviceGetAttribute(&limits.shared_bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin,
                                    device));
  limits.copies_beside = major >= 8;
  return limits;
}

double estimated_time(const BlockLoad& load, const DeviceLimits& limits) {
  const int64_t each = (load.blocks + limits.multiprocessors - 1) / limits.multiprocessors;
  const int64_t fit =
      std::max(1, std::min(limits.shared_bytes / load.shared_bytes, kMostWarps / load.warps));
  const int64_t busy = std::min<int64_t>(kBusyWarps, std::min(each, fit) * load.warps);
  const double slower = static_cast<double>(kBusyWarps) / static_cast<double>(busy);
  return static_cast<double>(each) * (load.pixels * slower + load.more_pixels);
}

}  // namespace tengen::nn
