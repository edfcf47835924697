#include "nn/cpu/cpu_device.h"

#include "nn/cpu/bf16_conv.h"
#include "nn/cpu/gemm.h"
#include "nn/cpu/im2col.h"
#include "nn/cpu/winograd_conv.h"

namespace tengen::nn {

std::string CpuDevice::name() const { return std::string("cpu ") + kernels_.name; }

void CpuDevice::gemm(const GemmShape& shape, const float* a, const float* b, float* c) {
  fast_gemm(kernels_, shape, a, b, c);
}

void CpuDevice::conv2d(const Conv2dShape& s, const float* x, const float* w, float* y) {
  if (in_bfloat16(s) && bf16_conv_fits(s))
    bf16_conv2d(*kernels_.bf16, s, x, w, y);
  else if (winograd_fits(s) && !in_bfloat16(s))
    winograd_conv2d(kernels_, s, x, w, y);
  else if (s.groups > 1)
    ReferenceDevice::conv2d(s, x, w, y);
  else
    im2col_conv2d(kernels_, s, x, w, y);
}

void CpuDevice::conv2d_grad_input(const Conv2dShape& s, const float* dy, const float* w,
                                  float* dx) {
  if (in_bfloat16(s) && bf16_conv_fits(s))
    bf16_conv2d_grad_input(*kernels_.bf16, s, dy, w, dx);
  else if (winograd_fits(s) && !in_bfloat16(s))
    winograd_grad_input(kernels_, s, dy, w, dx);
  else if (s.groups > 1)
    ReferenceDevice::conv2d_grad_input(s, dy, w, dx);
  else
    im2col_grad_input(kernels_, s, dy, w, dx);
}

void CpuDevice::conv2d_grad_weight(const Conv2dShape& s, const float* x, const float* dy,
                                   float* dw) {
  if (in_bfloat16(s) && bf16_conv_fits(s))
    bf16_conv2d_grad_weight(*kernels_.bf16, s, x, dy, dw);
  else if (winograd_fits(s) && !in_bfloat16(s))
    winograd_grad_weight(kernels_, s, x, dy, dw);
  else if (s.groups > 1)
    ReferenceDevice::conv2d_grad_weight(s, x, dy, dw);
  else
    im2col_grad_weight(kernels_, s, x, dy, dw);
}

// The device that tensors live on unless they are told otherwise.
Device& cpu_device() {
  static CpuDevice device(kernels());
  return device;
}

}  // namespace tengen::nn
