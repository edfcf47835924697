// CudaDevice: group and layer normalisation.
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/fold.h"
#include "nn/cuda/moments.h"

namespace tengen::nn {
namespace {

// GroupNormShape in numbers that divide fast; an image has fewer than 2^32 elements.
struct Groups {
  uint32_t points, channels, groups, width;

  explicit Groups(const GroupNormShape& s)
      : points(static_cast<uint32_t>(s.points)),
        channels(static_cast<uint32_t>(s.channels)),
        groups(static_cast<uint32_t>(s.groups)),
        width(static_cast<uint32_t>(s.channels / s.groups)) {}
  __device__ uint32_t image_size() const { return points * channels; }
  // Of a group, numbered n * groups + g: its first element and first channel.
  struct Origin {
    int64_t group, first;
    uint32_t channel;
  };
  __device__ Origin origin(int64_t group) const {
    const uint32_t channel = static_cast<uint32_t>(group % groups) * width;
    return {group, group / groups * image_size() + channel, channel};
  }
  // Element a of a group counted from its first: its distance from there.
  __device__ uint32_t distance(uint32_t a) const { return a / width * channels + a % width; }
};

struct GroupMoments : MomentsFold {
  Groups s;
  float epsilon;
  const float* x;
  float *mean, *inverse_std;
  __device__ Groups::Origin origin(int64_t q) const { return s.origin(q); }
  __device__ void add(Moments& state, const Groups::Origin& origin, int64_t a) const {
    state.add(x[origin.first + s.distance(static_cast<uint32_t>(a))]);
  }
  __device__ void store(int64_t q, const Moments& state) const {
    mean[q] = state.mean;
    inverse_std[q] = 1.0f / sqrtf(state.squares / state.count + epsilon);
  }
};

struct GroupNormArrays {
  const float *x, *dy, *gamma, *beta, *mean, *inverse_std;
  const float* sums;  // [n * groups][2] of h and h * xhat, h = gamma * dy
};

// Element i of image n: its channel and its group among all.
struct ElementPlace {
  uint32_t channel;
  int64_t group;
  __device__ ElementPlace(const Groups& s, int64_t n, uint32_t inside)
      : channel(inside % s.channels), group(n * s.groups + channel / s.width) {}
};

__global__ void group_normalize_kernel(int64_t n, Groups s, GroupNormArrays in, float* y) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int64_t image = i / s.image_size();
    const ElementPlace at(s, image, static_cast<uint32_t>(i - image * s.image_size()));
    y[i] = in.gamma[at.channel] * ((in.x[i] - in.mean[at.group]) * in.inverse_std[at.group]) +
           in.beta[at.channel];
  }
}

struct GroupSums : TwoSumsFold {
  Groups s;
  GroupNormArrays in;
  float* sums;
  __device__ Groups::Origin origin(int64_t q) const { return s.origin(q); }
  __device__ void add(TwoSums& state, const Groups::Origin& origin, int64_t a) const {
    const int64_t i = origin.first + s.distance(static_cast<uint32_t>(a));
    const float h = in.gamma[origin.channel + static_cast<uint32_t>(a) % s.width] * in.dy[i];
    state.first += h;
    state.second += h * (in.x[i] - in.mean[origin.group]) * in.inverse_std[origin.group];
  }
  __device__ void store(int64_t q, const TwoSums& state) const {
    sums[2 * q] = state.first;
    sums[2 * q + 1] = state.second;
  }
};

// dgamma and dbeta: sums over the rows n * points.
struct ScaleSums : TwoSumsFold {
  Groups s;
  GroupNormArrays in;
  float *dgamma, *dbeta;
  __device__ int64_t origin(int64_t channel) const { return channel; }
  __device__ void add(TwoSums& state, int64_t channel, int64_t row) const {
    const int64_t i = row * s.channels + channel;
    const int64_t group = row / s.points * s.groups + channel / s.width;
    state.first += in.dy[i];
    state.second += in.dy[i] * (in.x[i] - in.mean[group]) * in.inverse_std[group];
  }
  __device__ void store(int64_t channel, const TwoSums& state) const {
    dbeta[channel] = state.first;
    dgamma[channel] = state.second;
  }
};

__global__ void group_gradient_kernel(int64_t n, Groups s, float share, GroupNormArrays in,
                                      float* dx) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int64_t image = i / s.image_size();
    const ElementPlace at(s, image, static_cast<uint32_t>(i - image * s.image_size()));
    const float inverse_std = in.inverse_std[at.group];
    const float xhat = (in.x[i] - in.mean[at.group]) * inverse_std;
    dx[i] = inverse_std * (in.gamma[at.channel] * in.dy[i] - in.sums[2 * at.group] * share -
                           xhat * in.sums[2 * at.group + 1] * share);
  }
}

FoldShape fold_of(const GroupNormShape& s) {
  return {s.n * s.groups, s.points * s.channels / s.groups, true};
}

}  // namespace

void CudaDevice::group_norm(const GroupNormShape& s, const float* x, const float* gamma,
                            const float* beta, float* y, float* mean, float* inverse_std) {
  fold_axis(target_, memory_, fold_of(s),
            GroupMoments{{}, Groups(s), s.epsilon, x, mean, inverse_std});
  const GroupNormArrays in{x, nullptr, gamma, beta, mean, inverse_std, nullptr};
  const int64_t n = s.n * s.points * s.channels;
  launch_over(target_, n, group_normalize_kernel, n, Groups(s), in, y);
}

void CudaDevice::group_norm_grad(const GroupNormShape& s, const float* x, const float* dy,
                                 const float* gamma, const float* mean, const float* inverse_std,
                                 float* dx, float* dgamma, float* dbeta) {
  const int64_t n = s.n * s.points * s.channels;
  const auto memory = memory_.allocate(2 * s.n * s.groups * sizeof(float));
  float* const sums = static_cast<float*>(memory.get());
  const GroupNormArrays in{x, dy, gamma, nullptr, mean, inverse_std, sums};
  fold_axis(target_, memory_, fold_of(s), GroupSums{{}, Groups(s), in, sums});
  fold_axis(target_, memory_, {s.channels, s.n * s.points, s.channels < 8},
            ScaleSums{{}, Groups(s), in, dgamma, dbeta});
  const float share = static_cast<float>(s.groups) / static_cast<float>(s.points * s.channels);
  launch_over(target_, n, group_gradient_kernel, n, Groups(s), share, in, dx);
}

}  // namespace tengen::nn
