#include "nn/data/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "nn/base/check.h"
#include "nn/device.h"

namespace tengen::nn {
namespace {

constexpr int kCrossings = 16;  // of the sinc, a side
constexpr int kFineness = 256;  // entries of the table from one crossing to the next
// The sinc passes half of a sound at its edge, so the edge lies where this much of the lower half
// rate still has room for the fall.
constexpr double kEdge = 0.95;

// One side of the windowed sinc; entry i stands i / kFineness crossings from its middle.
std::vector<float> make_sinc() {
  std::vector<float> table(kCrossings * kFineness + 2);  // one more, for the interpolation
  table[0] = 1.0f;
  for (int i = 1; i <= kCrossings * kFineness; ++i) {
    const double angle = std::numbers::pi * i / kFineness;
    const double hann = 0.5 + 0.5 * std::cos(angle / kCrossings);
    table[i] = static_cast<float>(std::sin(angle) / angle * hann);
  }
  return table;
}

}  // namespace

Tensor resampled_sound(const Tensor& samples, double from_hz, double to_hz) {
  CHECK(samples.shape().rank() == 1);
  CHECK(from_hz > 0);
  CHECK(to_hz > 0);
  if (from_hz == to_hz || samples.size() == 0) return samples;
  static const std::vector<float> kSinc = make_sinc();
  const double ratio = to_hz / from_hz;
  const double cutoff = kEdge * std::min(1.0, ratio);  // as a share of half the old rate
  const double reach = kCrossings / cutoff;            // old samples, a side
  const int64_t length = samples.size();
  const auto wanted = std::max<int64_t>(1, std::llround(static_cast<double>(length) * ratio));
  Tensor out = Tensor::uninitialized({wanted}, cpu_device());
  for (int64_t i = 0; i < wanted; ++i) {
    const double centre = static_cast<double>(i) / ratio;
    const auto first = std::max<int64_t>(0, static_cast<int64_t>(std::ceil(centre - reach)));
    const auto last =
        std::min<int64_t>(length - 1, static_cast<int64_t>(std::floor(centre + reach)));
    double sum = 0;
    for (int64_t k = first; k <= last; ++k) {
      const double place = std::abs(static_cast<double>(k) - centre) * cutoff * kFineness;
      const auto entry = static_cast<size_t>(place);
      const auto part = static_cast<float>(place - static_cast<double>(entry));
      sum += samples.data()[k] * (kSinc[entry] + part * (kSinc[entry + 1] - kSinc[entry]));
    }
    out.data()[i] = static_cast<float>(cutoff * sum);
  }
  return out;
}

}  // namespace tengen::nn
