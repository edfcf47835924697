// Convolutions by the reference device's loops, as long as nn/cuda has none (CMakeLists.txt).
#include "nn/cuda/convolutions.h"
#include "nn/cuda/cuda_check.h"
#include "tests/cuda/emulation/runtime.h"

namespace tengen::nn {

struct Convolutions::Parts {};

Convolutions::Convolutions(const ConvolutionOptions&) {}
Convolutions::~Convolutions() = default;

void Convolutions::forward(const Conv2dShape& shape, const float* x, const float* w, float* y,
                           cudaStream_t stream) {
  CUDA_CHECK(emulation::queue(stream, [=] { reference_device().conv2d(shape, x, w, y); }));
}
void Convolutions::grad_input(const Conv2dShape& shape, const float* dy, const float* w, float* dx,
                              cudaStream_t stream) {
  CUDA_CHECK(
      emulation::queue(stream, [=] { reference_device().conv2d_grad_input(shape, dy, w, dx); }));
}
void Convolutions::grad_weight(const Conv2dShape& shape, const float* x, const float* dy, float* dw,
                               cudaStream_t stream) {
  CUDA_CHECK(
      emulation::queue(stream, [=] { reference_device().conv2d_grad_weight(shape, x, dy, dw); }));
}

}  // namespace tengen::nn
