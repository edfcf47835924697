// CudaDevice: pooling, alone and behind a convolution. A thread has one result pixel's run of one
// or four channels; gradients gather from the windows that hold a pixel, in the reference's order.
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/fold.h"
#include "nn/cuda/pool_window.h"

namespace tengen::nn {
namespace {

// A run of channels: four floats, or one.
template <int kLanes>
struct Run {
  float v[kLanes];
  __device__ explicit Run(float value) {
    for (int j = 0; j < kLanes; ++j) v[j] = value;
  }
  __device__ explicit Run(const float* from) {
    if constexpr (kLanes == 4) {
      const FourFloats four = load_four(from);
      for (int j = 0; j < 4; ++j) v[j] = four.v[j];
    } else {
      v[0] = *from;
    }
  }
  __device__ void store(float* to) const {
    if constexpr (kLanes == 4)
      store_four(to, {{v[0], v[1], v[2], v[3]}});
    else
      *to = v[0];
  }
};

// y = max over the window of x, or of relu(x + bias) if there is a bias.
template <int kLanes>
__global__ void max_pool_kernel(int64_t runs, PoolWindow s, const float* x, const float* bias,
                                float* y, int32_t* tap) {
  for (int64_t i = grid_thread(); i < runs; i += grid_threads()) {
    const PixelPlace at(i, s.out_height, s.out_width, s.channels / kLanes, kLanes);
    const int top = at.y * s.stride_h - s.padding_h, left = at.x * s.stride_w - s.padding_w;
    const auto rows = s.inside(top, s.kernel_h, s.height);
    const auto columns = s.inside(left, s.kernel_w, s.width);
    const Run<kLanes> shift = bias ? Run<kLanes>(bias + at.c) : Run<kLanes>(0.0f);
    Run<kLanes> best(0.0f);
    int taps[kLanes];
    for (int j = 0; j < kLanes; ++j) taps[j] = -1;
    for (int ky = rows.begin; ky < rows.end; ++ky)
      for (int kx = columns.begin; kx < columns.end; ++kx) {
        Run<kLanes> value(x + ((at.n * s.height + top + ky) * s.width + left + kx) * s.channels +
                          at.c);
        for (int j = 0; j < kLanes; ++j) {
          if (bias) {
            value.v[j] += shift.v[j];
            if (value.v[j] < 0.0f) value.v[j] = 0.0f;
          }
          // What is not a number wins, so that a broken network does not look like a quiet one.
          if (taps[j] >= 0 && (value.v[j] <= best.v[j] || best.v[j] != best.v[j])) continue;
          best.v[j] = value.v[j];
          taps[j] = ky * s.kernel_w + kx;
        }
      }
    best.store(y + i * kLanes);
    for (int j = 0; j < kLanes; ++j) tap[i * kLanes + j] = taps[j];
  }
}

// `y` not null: dy counts only where y > 0, which is the slope of a relu before the maximum.
template <int kLanes>
__global__ void max_pool_grad_kernel(int64_t runs, PoolWindow s, const float* dy,
                                     const int32_t* tap, const float* y, float* dx) {
  for (int64_t i = grid_thread(); i < runs; i += grid_threads()) {
    const PixelPlace at(i, s.height, s.width, s.channels / kLanes, kLanes);
    const auto rows = s.holding(at.y, s.kernel_h, s.stride_h, s.padding_h, s.out_height);
    const auto columns = s.holding(at.x, s.kernel_w, s.stride_w, s.padding_w, s.out_width);
    Run<kLanes> sum(0.0f);
    for (int oy = rows.begin; oy < rows.end; ++oy)
      for (int ox = columns.begin; ox < columns.end; ++ox) {
        const int own = (at.y + s.padding_h - oy * s.stride_h) * s.kernel_w + at.x + s.padding_w -
                        ox * s.stride_w;
        const int64_t from = ((at.n * s.out_height + oy) * s.out_width + ox) * s.channels + at.c;
        const Run<kLanes> gradient(dy + from);
        for (int j = 0; j < kLanes; ++j)
          if (tap[from + j] == own && (!y || y[from + j] > 0.0f)) sum.v[j] += gradient.v[j];
      }
    sum.store(dx + i * kLanes);
  }
}

template <int kLanes>
__global__ void average_pool_kernel(int64_t runs, PoolWindow s, const float* x, float* y) {
  for (int64_t i = grid_thread(); i < runs; i += grid_threads()) {
    const PixelPlace at(i, s.out_height, s.out_width, s.channels / kLanes, kLanes);
    const int top = at.y * s.stride_h - s.padding_h, left = at.x * s.stride_w - s.padding_w;
    const auto rows = s.inside(top, s.kernel_h, s.height);
    const auto columns = s.inside(left, s.kernel_w, s.width);
    Run<kLanes> sum(0.0f);
    for (int ky = rows.begin; ky < rows.end; ++ky)
      for (int kx = columns.begin; kx < columns.end; ++kx) {
        const Run<kLanes> value(
            x + ((at.n * s.height + top + ky) * s.width + left + kx) * s.channels + at.c);
        for (int j = 0; j < kLanes; ++j) sum.v[j] += value.v[j];
      }
    const float share = s.share(at.y, at.x);
    for (int j = 0; j < kLanes; ++j) sum.v[j] *= share;
    sum.store(y + i * kLanes);
  }
}

template <int kLanes>
__global__ void average_pool_grad_kernel(int64_t runs, PoolWindow s, const float* dy, float* dx) {
  for (int64_t i = grid_thread(); i < runs; i += grid_threads()) {
    const PixelPlace at(i, s.height, s.width, s.channels / kLanes, kLanes);
    const auto rows = s.holding(at.y, s.kernel_h, s.stride_h, s.padding_h, s.out_height);
    const auto columns = s.holding(at.x, s.kernel_w, s.stride_w, s.padding_w, s.out_width);
    Run<kLanes> sum(0.0f);
    for (int oy = rows.begin; oy < rows.end; ++oy)
      for (int ox = columns.begin; ox < columns.end; ++ox) {
        const Run<kLanes> gradient(
            dy + ((at.n * s.out_height + oy) * s.out_width + ox) * s.channels + at.c);
        const float share = s.share(oy, ox);
        for (int j = 0; j < kLanes; ++j) sum.v[j] += gradient.v[j] * share;
      }
    sum.store(dx + i * kLanes);
  }
}

int64_t image_size(const Pool2dShape& s) { return s.n * s.height * s.width * s.channels; }
int64_t result_size(const Pool2dShape& s) {
  return s.n * s.out_height() * s.out_width() * s.channels;
}
bool in_fours(const Pool2dShape& s, const float* a, const float* b) {
  return s.channels % 4 == 0 && aligned_for_four(a) && aligned_for_four(b);
}

void launch_max_pool(const KernelTarget& target, const Pool2dShape& s, const float* x,
                     const float* bias, float* y, int32_t* tap) {
  const int64_t n = result_size(s);
  if (in_fours(s, x, y) && aligned_for_four(bias))
    launch_over(target, n / 4, max_pool_kernel<4>, n / 4, PoolWindow(s), x, bias, y, tap);
  else
    launch_over(target, n, max_pool_kernel<1>, n, PoolWindow(s), x, bias, y, tap);
}

void launch_max_pool_grad(const KernelTarget& target, const Pool2dShape& s, const float* dy,
                          const int32_t* tap, const float* y, float* dx) {
  const int64_t n = image_size(s);
  if (in_fours(s, dy, dx))
    launch_over(target, n / 4, max_pool_grad_kernel<4>, n / 4, PoolWindow(s), dy, tap, y, dx);
  else
    launch_over(target, n, max_pool_grad_kernel<1>, n, PoolWindow(s), dy, tap, y, dx);
}

// The sum of dy over the rows where y > 0.
struct BiasGradient {
  using State = float;
  int64_t channels;
  const float *y, *dy;
  float* dbias;
  __device__ float empty() const { return 0.0f; }
  __device__ int64_t origin(int64_t channel) const { return channel; }
  __device__ void add(float& state, int64_t origin, int64_t row) const {
    const int64_t i = origin + row * channels;
    if (y[i] > 0.0f) state += dy[i];
  }
  __device__ float merged(float a, float b) const { return a + b; }
  __device__ void store(int64_t channel, float state) const { dbias[channel] = state; }
};

}  // namespace

void CudaDevice::max_pool(const Pool2dShape& s, const float* x, float* y, int32_t* tap) {
  launch_max_pool(target_, s, x, nullptr, y, tap);
}

void CudaDevice::max_pool_grad(const Pool2dShape& s, const float* dy, const int32_t* tap,
                               float* dx) {
  launch_max_pool_grad(target_, s, dy, tap, nullptr, dx);
}

void CudaDevice::average_pool(const Pool2dShape& s, const float* x, float* y) {
  const int64_t n = result_size(s);
  if (in_fours(s, x, y))
    launch_over(target_, n / 4, average_pool_kernel<4>, n / 4, PoolWindow(s), x, y);
  else
    launch_over(target_, n, average_pool_kernel<1>, n, PoolWindow(s), x, y);
}

void CudaDevice::average_pool_grad(const Pool2dShape& s, const float* dy, float* dx) {
  const int64_t n = image_size(s);
  if (in_fours(s, dy, dx))
    launch_over(target_, n / 4, average_pool_grad_kernel<4>, n / 4, PoolWindow(s), dy, dx);
  else
    launch_over(target_, n, average_pool_grad_kernel<1>, n, PoolWindow(s), dy, dx);
}

// The big image is written by the convolution and read by the pooling, once each.
void CudaDevice::conv2d_relu_max_pool(const Conv2dShape& conv, const Pool2dShape& pool,
                                      const float* x, const float* w, const float* bias, float* y,
                                      int32_t* tap) {
  const auto memory = memory_.allocate(image_size(pool) * sizeof(float));
  float* const image = static_cast<float*>(memory.get());
  conv2d(conv, x, w, image);
  launch_max_pool(target_, pool, image, bias, y, tap);
}

void CudaDevice::conv2d_relu_max_pool_grad(const Conv2dShape& conv, const Pool2dShape& pool,
                                           const float* x, const float* w, const float* y,
                                           const int32_t* tap, const float* dy, float* dx,
                                           float* dw, float* dbias) {
  const auto memory = memory_.allocate(image_size(pool) * sizeof(float));
  float* const image = static_cast<float*>(memory.get());
  fold_axis(target_, memory_, {conv.out, result_size(pool) / conv.out, conv.out < 8},
            BiasGradient{conv.out, y, dy, dbias});
  launch_max_pool_grad(target_, pool, dy, tap, y, image);
  if (dx) conv2d_grad_input(conv, image, w, dx);
  conv2d_grad_weight(conv, x, image, dw);
}

}  // namespace tengen::nn
