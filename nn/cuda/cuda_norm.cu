// CudaDevice: batch normalisation with what may follow it.
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/fold.h"
#include "nn/cuda/moments.h"

namespace tengen::nn {
namespace {

// Statistics of x [rows, channels], a result for each channel.
struct ChannelMoments : MomentsFold {
  int64_t rows, channels;
  float epsilon;
  const float* x;
  float *mean, *inverse_std;
  __device__ int64_t origin(int64_t channel) const { return channel; }
  __device__ void add(Moments& state, int64_t origin, int64_t row) const {
    state.add(x[origin + row * channels]);
  }
  __device__ void store(int64_t channel, const Moments& state) const {
    mean[channel] = state.mean;
    inverse_std[channel] = 1.0f / sqrtf(state.squares / static_cast<float>(rows) + epsilon);
  }
};

// y = relu?(gamma * (x - mean) * inverse_std + beta + residual?)
struct Normalize {
  uint32_t channels;
  bool relu;
  const float *x, *gamma, *beta, *mean, *inverse_std, *residual;
  float* y;
  __device__ float value(float x, uint32_t c, float residual) const {
    const float v = gamma[c] * ((x - mean[c]) * inverse_std[c]) + beta[c] + residual;
    return relu && v < 0.0f ? 0.0f : v;
  }
};

// Threads walk over elements and know their channel without a division each.
__global__ void normalize_kernel(int64_t n, Normalize f, bool fours) {
  const int64_t step = fours ? 4 : 1;
  const int64_t first = step * grid_thread(), stride = step * grid_threads();
  uint32_t c = static_cast<uint32_t>(first % f.channels);
  const uint32_t advance = static_cast<uint32_t>(stride % f.channels);
  for (int64_t i = first; i < n; i += stride) {
    if (fours) {
      FourFloats x = load_four(f.x + i), residual{{0.0f, 0.0f, 0.0f, 0.0f}};
      if (f.residual) residual = load_four(f.residual + i);
      for (uint32_t j = 0; j < 4; ++j) x.v[j] = f.value(x.v[j], c + j, residual.v[j]);
      store_four(f.y + i, x);
    } else {
      f.y[i] = f.value(f.x[i], c, f.residual ? f.residual[i] : 0.0f);
    }
    c += advance;
    if (c >= f.channels) c -= f.channels;
  }
}

// The gradient before the relu, and the sums that all gradients are made of.
struct NormalizeGradient {
  uint32_t channels;
  float share;                      // 1 / rows
  const float *x, *y, *dy, *gamma;  // y null: no relu
  const float *mean, *inverse_std;
  float *dx, *dgamma, *dbeta, *dresidual;
  __device__ float before_relu(int64_t i) const { return y && !(y[i] > 0.0f) ? 0.0f : dy[i]; }
  __device__ float xhat(float x, uint32_t c) const { return (x - mean[c]) * inverse_std[c]; }
  __device__ float slope(float x, float dz, uint32_t c) const {
    return gamma[c] * inverse_std[c] * (dz - dbeta[c] * share - xhat(x, c) * dgamma[c] * share);
  }
};

struct ChannelSums : TwoSumsFold {
  NormalizeGradient f;
  __device__ int64_t origin(int64_t channel) const { return channel; }
  __device__ void add(TwoSums& state, int64_t origin, int64_t row) const {
    const int64_t i = origin + row * f.channels;
    const float dz = f.before_relu(i);
    state.first += dz;
    state.second += dz * f.xhat(f.x[i], static_cast<uint32_t>(origin));
  }
  __device__ void store(int64_t channel, const TwoSums& state) const {
    f.dbeta[channel] = state.first;
    f.dgamma[channel] = state.second;
  }
};

__global__ void normalize_grad_kernel(int64_t n, NormalizeGradient f, bool fours) {
  const int64_t step = fours ? 4 : 1;
  const int64_t first = step * grid_thread(), stride = step * grid_threads();
  uint32_t c = static_cast<uint32_t>(first % f.channels);
  const uint32_t advance = static_cast<uint32_t>(stride % f.channels);
  for (int64_t i = first; i < n; i += stride) {
    if (fours) {
      FourFloats x = load_four(f.x + i), dz = load_four(f.dy + i);
      if (f.y) {
        const FourFloats y = load_four(f.y + i);
        for (int j = 0; j < 4; ++j)
          if (!(y.v[j] > 0.0f)) dz.v[j] = 0.0f;
      }
      if (f.dresidual) store_four(f.dresidual + i, dz);
      for (uint32_t j = 0; j < 4; ++j) x.v[j] = f.slope(x.v[j], dz.v[j], c + j);
      store_four(f.dx + i, x);
    } else {
      const float dz = f.before_relu(i);
      if (f.dresidual) f.dresidual[i] = dz;
      f.dx[i] = f.slope(f.x[i], dz, c);
    }
    c += advance;
    if (c >= f.channels) c -= f.channels;
  }
}

bool null_or_aligned(const float* p) { return !p || aligned_for_four(p); }

struct Sizes {
  int64_t rows, channels;
  FoldShape fold() const { return {channels, rows, channels < 8}; }
  int64_t n() const { return rows * channels; }
};

void normalize(const KernelTarget& target, DeviceMemory& memory, const Sizes& s, float epsilon,
               const Normalize& f, float* mean, float* inverse_std) {
  fold_axis(target, memory, s.fold(),
            ChannelMoments{{}, s.rows, s.channels, epsilon, f.x, mean, inverse_std});
  const bool fours = s.channels % 4 == 0 && aligned_for_four(f.x) && aligned_for_four(f.y) &&
                     null_or_aligned(f.residual);
  launch_over(target, fours ? s.n() / 4 : s.n(), normalize_kernel, s.n(), f, fours);
}

void normalize_grad(const KernelTarget& target, DeviceMemory& memory, const Sizes& s,
                    const NormalizeGradient& f) {
  fold_axis(target, memory, s.fold(), ChannelSums{{}, f});
  const bool fours = s.channels % 4 == 0 && aligned_for_four(f.x) && aligned_for_four(f.dy) &&
                     aligned_for_four(f.dx) && null_or_aligned(f.y) && null_or_aligned(f.dresidual);
  launch_over(target, fours ? s.n() / 4 : s.n(), normalize_grad_kernel, s.n(), f, fours);
}

}  // namespace

void CudaDevice::batch_norm(int64_t rows, int64_t channels, float epsilon, const float* x,
                            const float* gamma, const float* beta, float* y, float* mean,
                            float* inverse_std) {
  normalize(target_, memory_, {rows, channels}, epsilon,
            {static_cast<uint32_t>(channels), false, x, gamma, beta, mean, inverse_std, nullptr, y},
            mean, inverse_std);
}

void CudaDevice::batch_norm_relu(int64_t rows, int64_t channels, float epsilon, const float* x,
                                 const float* gamma, const float* beta, const float* residual,
                                 float* y, float* mean, float* inverse_std) {
  normalize(target_, memory_, {rows, channels}, epsilon,
            {static_cast<uint32_t>(channels), true, x, gamma, beta, mean, inverse_std, residual, y},
            mean, inverse_std);
}

void CudaDevice::batch_norm_grad(int64_t rows, int64_t channels, const float* x, const float* dy,
                                 const float* gamma, const float* mean, const float* inverse_std,
                                 float* dx, float* dgamma, float* dbeta) {
  batch_norm_relu_grad(rows, channels, x, nullptr, dy, gamma, mean, inverse_std, dx, dgamma, dbeta,
                       nullptr);
}

void CudaDevice::batch_norm_relu_grad(int64_t rows, int64_t channels, const float* x,
                                      const float* y, const float* dy, const float* gamma,
                                      const float* mean, const float* inverse_std, float* dx,
                                      float* dgamma, float* dbeta, float* dresidual) {
  normalize_grad(target_, memory_, {rows, channels},
                 {static_cast<uint32_t>(channels), 1.0f / static_cast<float>(rows), x, y, dy, gamma,
                  mean, inverse_std, dx, dgamma, dbeta, dresidual});
}

}  // namespace tengen::nn
