// CpuDevice: normalisation within a row or an image, in parallel over those.
#include <algorithm>
#include <cmath>

#include "nn/base/parallel.h"
#include "nn/cpu/cpu_device.h"
#include "nn/cpu/scratch.h"

namespace tengen::nn {
namespace {

constexpr int64_t kElements = 16 * 1024;  // at least so many a piece

// Images that make a piece of work.
int64_t grain_of(const GroupNormShape& s) {
  return std::max<int64_t>(1, kElements / std::max<int64_t>(1, s.points * s.channels));
}

// body(offset, channel, size) for the runs of image n's group g that lie together.
template <class Body>
void for_runs(const GroupNormShape& s, int64_t n, int64_t g, const Body& body) {
  const int64_t width = s.channels / s.groups;
  for (int64_t p = 0; p < s.points; ++p)
    body((n * s.points + p) * s.channels + g * width, g * width, width);
}

}  // namespace

void CpuDevice::group_norm(const GroupNormShape& s, const float* x, const float* gamma,
                           const float* beta, float* y, float* mean, float* inverse_std) {
  const ElementKernels& kernels = kernels_.element;
  const double size = static_cast<double>(s.points * s.channels / s.groups);
  parallel_ranges(s.n, grain_of(s), [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n)
      for (int64_t g = 0; g < s.groups; ++g) {
        // About the first element, so that a large mean costs no digits of the variance.
        const float pivot = x[n * s.points * s.channels + g * (s.channels / s.groups)];
        double sum = 0.0, square = 0.0;
        for_runs(s, n, g, [&](int64_t at, int64_t, int64_t width) {
          kernels.row_moments(width, x + at, pivot, &sum, &square);
        });
        const double shift = sum / size;
        const double variance = std::max(0.0, square / size - shift * shift);
        const int64_t group = n * s.groups + g;
        mean[group] = static_cast<float>(pivot + shift);
        inverse_std[group] =
            static_cast<float>(1.0 / std::sqrt(variance + static_cast<double>(s.epsilon)));
        for_runs(s, n, g, [&](int64_t at, int64_t c, int64_t width) {
          kernels.norm_row(width, {x + at, gamma + c, mean[group], inverse_std[group]}, beta + c,
                           y + at);
        });
      }
  });
}

// The formula is with ReferenceDevice::group_norm_grad. Each piece sums dgamma and dbeta for
// itself; the pieces are added in order.
void CpuDevice::group_norm_grad(const GroupNormShape& s, const float* x, const float* dy,
                                const float* gamma, const float* mean, const float* inverse_std,
                                float* dx, float* dgamma, float* dbeta) {
  const ElementKernels& kernels = kernels_.element;
  const double size = static_cast<double>(s.points * s.channels / s.groups);
  const int64_t grain = grain_of(s), pieces = (s.n + grain - 1) / grain;
  const Scratch partial(pieces * 2 * s.channels);
  std::fill_n(partial.data(), pieces * 2 * s.channels, 0.0f);
  parallel_ranges(s.n, grain, [&](int64_t begin, int64_t end) {
    float* const sums = partial.data() + begin / grain * 2 * s.channels;
    for (int64_t n = begin; n < end; ++n)
      for (int64_t g = 0; g < s.groups; ++g) {
        const int64_t group = n * s.groups + g;
        const auto row = [&](int64_t at, int64_t c) {
          return NormRow{x + at, gamma + c, mean[group], inverse_std[group]};
        };
        double sum = 0.0, sum_xhat = 0.0;
        for_runs(s, n, g, [&](int64_t at, int64_t c, int64_t width) {
          kernels.norm_grad_sums(width, row(at, c), dy + at, &sum, &sum_xhat);
        });
        for_runs(s, n, g, [&](int64_t at, int64_t c, int64_t width) {
          kernels.norm_grad_row(width, row(at, c), dy + at, static_cast<float>(sum / size),
                                static_cast<float>(sum_xhat / size), dx + at, sums + c,
                                sums + s.channels + c);
        });
      }
  });
  for (int64_t c = 0; c < s.channels; ++c) {
    double gamma_total = 0.0, beta_total = 0.0;
    for (int64_t p = 0; p < pieces; ++p) {
      gamma_total += partial.data()[p * 2 * s.channels + c];
      beta_total += partial.data()[(p * 2 + 1) * s.channels + c];
    }
    dgamma[c] = static_cast<float>(gamma_total);
    dbeta[c] = static_cast<float>(beta_total);
  }
}

}  // namespace tengen::nn
