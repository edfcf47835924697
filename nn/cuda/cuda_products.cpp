// CudaDevice: what NVIDIA's libraries compute.
#include "nn/cuda/cuda_device.h"

namespace tengen::nn {

Products& CudaDevice::products() {
  std::call_once(products_once_, [&] {
    products_ = std::make_unique<Products>(ProductOptions{.tf32 = options_.tf32});
  });
  return *products_;
}

Convolutions& CudaDevice::convolutions() {
  std::call_once(convolutions_once_, [&] {
    convolutions_ = std::make_unique<Convolutions>(ConvolutionOptions{.tf32 = options_.tf32});
  });
  return *convolutions_;
}

void CudaDevice::gemm(const GemmShape& shape, const float* a, const float* b, float* c) {
  const OnDevice on(index());
  products().gemm(shape, a, b, c, stream());
}

void CudaDevice::gemm_batch(const GemmShape& shape, int64_t batch, const float* a, int64_t a_step,
                            const float* b, int64_t b_step, float* c, int64_t c_step) {
  const OnDevice on(index());
  products().gemm_batch(shape, batch, a, a_step, b, b_step, c, c_step, stream());
}

void CudaDevice::conv2d(const Conv2dShape& shape, const float* x, const float* w, float* y) {
  const OnDevice on(index());
  convolutions().forward(shape, x, w, y, stream());
}

void CudaDevice::conv2d_grad_input(const Conv2dShape& shape, const float* dy, const float* w,
                                   float* dx) {
  const OnDevice on(index());
  convolutions().grad_input(shape, dy, w, dx, stream());
}

void CudaDevice::conv2d_grad_weight(const Conv2dShape& shape, const float* x, const float* dy,
                                    float* dw) {
  const OnDevice on(index());
  convolutions().grad_weight(shape, x, dy, dw, stream());
}

}  // namespace tengen::nn
