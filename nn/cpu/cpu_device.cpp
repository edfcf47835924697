#include "nn/cpu/cpu_device.h"

#include <algorithm>

#include "nn/base/parallel.h"
#include "nn/cpu/bf16_conv.h"
#include "nn/cpu/direct_conv.h"
#include "nn/cpu/gemm.h"
#include "nn/cpu/grouped_conv.h"
#include "nn/cpu/im2col.h"
#include "nn/cpu/winograd_conv.h"

namespace tengen::nn {

std::string CpuDevice::name() const { return std::string("cpu ") + kernels_.name; }

void CpuDevice::gemm(const GemmShape& shape, const float* a, const float* b, float* c) {
  fast_gemm(kernels_, shape, a, b, c);
}

// Matrices side by side: a piece of work is at least one of them, small ones together.
void CpuDevice::gemm_batch(const GemmShape& s, int64_t batch, const float* a, int64_t a_step,
                           const float* b, int64_t b_step, float* c, int64_t c_step) {
  constexpr int64_t kMultiplications = 200'000;
  const int64_t each = std::max<int64_t>(1, s.m * s.n * s.k);
  parallel_ranges(batch, kMultiplications / each, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) gemm(s, a + i * a_step, b + i * b_step, c + i * c_step);
  });
}

// Where float32 is faster it stays float32: with few input channels packing costs the most.
bool CpuDevice::in_bfloat16(const Conv2dShape& s) const {
  return s.precision == Precision::kBfloat16 && kernels_.bf16 && !direct_fits(kernels_, s) &&
         (kernels_.bf16->beats_winograd || !winograd_fits(s));
}

void CpuDevice::conv2d(const Conv2dShape& s, const float* x, const float* w, float* y) {
  if (in_bfloat16(s) && bf16_conv_fits(s))
    bf16_conv2d(*kernels_.bf16, s, x, w, y);
  else if (direct_fits(kernels_, s))
    direct_conv2d(kernels_, s, x, w, {.y = y});
  else if (winograd_fits(s) && !in_bfloat16(s))
    winograd_conv2d(kernels_, s, x, w, {.y = y});
  else if (depthwise_fits(s))
    depthwise_conv2d(kernels_, s, x, w, y);
  else if (s.groups > 1)
    grouped_conv2d(*this, s, x, w, y);
  else
    im2col_conv2d(kernels_, s, x, w, y);
}

void CpuDevice::conv2d_grad_input(const Conv2dShape& s, const float* dy, const float* w,
                                  float* dx) {
  if (in_bfloat16(s) && bf16_conv_fits(s))
    bf16_conv2d_grad_input(*kernels_.bf16, s, dy, w, dx);
  else if (winograd_fits(s) && !in_bfloat16(s))
    winograd_grad(kernels_, s, nullptr, w, {.dy = dy}, dx, nullptr);
  else if (depthwise_fits(s))
    depthwise_grad_input(kernels_, s, dy, w, dx);
  else if (s.groups > 1)
    grouped_grad_input(*this, s, dy, w, dx);
  else
    im2col_grad_input(kernels_, s, dy, w, dx);
}

void CpuDevice::conv2d_grad_weight(const Conv2dShape& s, const float* x, const float* dy,
                                   float* dw) {
  if (in_bfloat16(s) && bf16_conv_fits(s))
    bf16_conv2d_grad_weight(*kernels_.bf16, s, x, dy, dw);
  else if (direct_fits(kernels_, s))
    direct_grad_weight(kernels_, s, x, {.dy = dy}, dw);
  else if (winograd_fits(s) && !in_bfloat16(s))
    winograd_grad(kernels_, s, x, nullptr, {.dy = dy}, nullptr, dw);
  else if (depthwise_fits(s))
    depthwise_grad_weight(kernels_, s, x, dy, dw);
  else if (s.groups > 1)
    grouped_grad_weight(*this, s, x, dy, dw);
  else
    im2col_grad_weight(kernels_, s, x, dy, dw);
}

void CpuDevice::conv2d_grad(const Conv2dShape& s, const float* x, const float* w, const float* dy,
                            float* dx, float* dw) {
  if (winograd_fits(s) && !in_bfloat16(s))
    winograd_grad(kernels_, s, x, w, {.dy = dy}, dx, dw);
  else
    Device::conv2d_grad(s, x, w, dy, dx, dw);
}

// The device that tensors live on unless they are told otherwise.
Device& cpu_device() {
  static CpuDevice device(kernels());
  return device;
}

}  // namespace tengen::nn
