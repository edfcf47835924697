// The GPU: Device on CUDA. Products are cuBLASLt's, convolutions cuDNN's, the rest own kernels.
//
// All work goes to one stream, in the order of the calls, and calls return before it is done;
// copy_to_host and to_indices wait. Sums are taken in an order that only sizes and the chip
// decide, never with atomic additions of floats, so that training repeats itself bit for bit.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "nn/cuda/convolutions.h"
#include "nn/cuda/device_memory.h"
#include "nn/cuda/handles.h"
#include "nn/cuda/kernel_target.h"
#include "nn/cuda/products.h"
#include "nn/cuda/uploads.h"
#include "nn/device.h"

namespace tengen::nn {

struct CudaDeviceOptions {
  bool tf32 = true;  // float32 products may round their factors to 10 bits of mantissa
};

class CudaDevice : public Device {
 public:
  // A CudaError says why_no_gpu(index).
  explicit CudaDevice(int index, const CudaDeviceOptions& options = {});

  int index() const { return target_.device; }
  cudaStream_t stream() const { return target_.stream; }
  void synchronize();  // until all work is done; what went wrong in it is thrown here
  DeviceMemory& memory() { return memory_; }

  std::string name() const override;  // "cuda:0 NVIDIA H200"
  bool fast_bfloat16() const override { return true; }
  std::shared_ptr<void> allocate(size_t bytes) override { return memory_.allocate(bytes); }
  void copy_from_host(void* to, const void* from, size_t bytes) override;
  void copy_to_host(void* to, const void* from, size_t bytes) override;

  // cuda_products.cpp
  void gemm(const GemmShape& shape, const float* a, const float* b, float* c) override;
  void gemm_batch(const GemmShape& shape, int64_t batch, const float* a, int64_t a_step,
                  const float* b, int64_t b_step, float* c, int64_t c_step) override;
  void conv2d(const Conv2dShape& shape, const float* x, const float* w, float* y) override;
  void conv2d_grad_input(const Conv2dShape& shape, const float* dy, const float* w,
                         float* dx) override;
  void conv2d_grad_weight(const Conv2dShape& shape, const float* x, const float* dy,
                          float* dw) override;

  // cuda_pool.cu
  void max_pool(const Pool2dShape& shape, const float* x, float* y, int32_t* tap) override;
  void max_pool_grad(const Pool2dShape& shape, const float* dy, const int32_t* tap,
                     float* dx) override;
  void average_pool(const Pool2dShape& shape, const float* x, float* y) override;
  void average_pool_grad(const Pool2dShape& shape, const float* dy, float* dx) override;
  void conv2d_relu_max_pool(const Conv2dShape& conv, const Pool2dShape& pool, const float* x,
                            const float* w, const float* bias, float* y, int32_t* tap) override;
  void conv2d_relu_max_pool_grad(const Conv2dShape& conv, const Pool2dShape& pool, const float* x,
                                 const float* w, const float* y, const int32_t* tap,
                                 const float* dy, float* dx, float* dw, float* dbias) override;

  // cuda_elementwise.cu, cuda_broadcast.cu
  void fill(int64_t n, float value, float* x) override;
  void unary(UnaryOp op, int64_t n, const float* x, float* y) override;
  void unary_grad(UnaryOp op, int64_t n, const float* x, const float* y, const float* dy,
                  float* dx) override;
  void binary(Binary op, int64_t n, const float* a, const float* b, int64_t nb, int64_t inner,
              float* y) override;
  void axpy(int64_t n, float alpha, const float* x, float* y) override;
  void dropout(int64_t n, float p, Rng rng, const float* x, float* y) override;

  // cuda_reduce.cu
  void sum_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y) override;
  void max_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y,
                int32_t* argmax) override;
  void repeat_axis(int64_t outer, int64_t axis, int64_t inner, float alpha, const float* x,
                   float* y) override;
  void max_axis_grad(int64_t outer, int64_t axis, int64_t inner, const float* dy,
                     const int32_t* argmax, float* dx) override;

  // cuda_shape.cu, cuda_gather.cu
  void copy_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step, float* to,
                   int64_t to_step) override;
  void add_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step, float* to,
                  int64_t to_step) override;
  void permute(int rank, const int64_t* dims, const int* axes, const float* x, float* y) override;
  int64_t to_indices(int64_t n, int64_t limit, const float* x, int32_t* index) override;
  void gather(int64_t outer, int64_t axis, int64_t inner, int64_t count, const int32_t* index,
              const float* x, float* y) override;
  void gather_grad(int64_t outer, int64_t axis, int64_t inner, int64_t count, const int32_t* index,
                   const float* dy, float* dx) override;

  // cuda_softmax.cu
  void log_softmax(int64_t rows, int64_t columns, const float* x, float* y) override;
  void log_softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                        float* dx) override;
  void softmax(int64_t rows, int64_t columns, const SoftmaxMask& mask, const float* x,
               float* y) override;
  void softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                    float* dx) override;

  // cuda_norm.cu, cuda_group_norm.cu
  void batch_norm(int64_t rows, int64_t channels, float epsilon, const float* x, const float* gamma,
                  const float* beta, float* y, float* mean, float* inverse_std) override;
  void batch_norm_grad(int64_t rows, int64_t channels, const float* x, const float* dy,
                       const float* gamma, const float* mean, const float* inverse_std, float* dx,
                       float* dgamma, float* dbeta) override;
  void batch_norm_relu(int64_t rows, int64_t channels, float epsilon, const float* x,
                       const float* gamma, const float* beta, const float* residual, float* y,
                       float* mean, float* inverse_std) override;
  void batch_norm_relu_grad(int64_t rows, int64_t channels, const float* x, const float* y,
                            const float* dy, const float* gamma, const float* mean,
                            const float* inverse_std, float* dx, float* dgamma, float* dbeta,
                            float* dresidual) override;
  void group_norm(const GroupNormShape& shape, const float* x, const float* gamma,
                  const float* beta, float* y, float* mean, float* inverse_std) override;
  void group_norm_grad(const GroupNormShape& shape, const float* x, const float* dy,
                       const float* gamma, const float* mean, const float* inverse_std, float* dx,
                       float* dgamma, float* dbeta) override;

  // cuda_recurrent.cu, cuda_recurrent_grad.cu, cuda_ctc.cu
  int64_t recurrent_saved(const RecurrentShape& shape) const override;
  void recurrent(const RecurrentShape& shape, const RecurrentInputs& inputs,
                 const RecurrentOutputs& outputs) override;
  void recurrent_grad(const RecurrentShape& shape, const RecurrentInputs& inputs, const float* y,
                      float* saved, const RecurrentGradients& gradients) override;
  void ctc(const CtcShape& shape, const float* log_probs, float* loss, float* gradient) override;

  // cuda_optimizers.cu
  void sgd(const SgdStep& step, int64_t n, const float* gradient, float* velocity,
           float* weight) override;
  void adam(const AdamStep& step, int64_t n, const float* gradient, float* first, float* second,
            float* weight) override;
  void adagrad(const AdagradStep& step, int64_t n, const float* gradient, float* squares,
               float* weight) override;
  void rmsprop(const RmspropStep& step, int64_t n, const float* gradient, float* squares,
               float* means, float* velocity, float* weight) override;

 private:
  // Opened at their first use: a network without convolutions needs no cuDNN.
  Products& products();
  Convolutions& convolutions();
  void add_weight_gradients(const RecurrentShape& shape, const RecurrentInputs& inputs,
                            const float* y, const float* sums, const int32_t* lengths,
                            const RecurrentGradients& gradients);

  const CudaDeviceOptions options_;
  DeviceMemory memory_;
  Stream stream_;
  KernelTarget target_;
  Uploads uploads_;
  std::once_flag products_once_, convolutions_once_;
  std::unique_ptr<Products> products_;
  std::unique_ptr<Convolutions> convolutions_;
};

// GPU `index` of this process, made at the first call and never unmade. Thread-safe.
CudaDevice& cuda_device(int index = 0);

}  // namespace tengen::nn
