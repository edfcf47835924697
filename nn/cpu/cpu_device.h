// The fast CPU device: ReferenceDevice with kernels where they pay, parallel over fixed pieces of
// the work, so that a result does not depend on the number of workers.
#pragma once

#include "nn/cpu/kernels.h"
#include "nn/cpu/reference_device.h"

namespace tengen::nn {

class CpuDevice : public ReferenceDevice {
 public:
  explicit CpuDevice(const Kernels& kernels) : kernels_(kernels) {}

  std::string name() const override;  // "cpu avx512"
  bool fast_bfloat16() const override { return kernels_.bf16 != nullptr; }
  void fill(int64_t n, float value, float* x) override;

  // Products: gemm.h, direct_conv.h, winograd_conv.h, grouped_conv.h, im2col.h.
  void gemm(const GemmShape& shape, const float* a, const float* b, float* c) override;
  void gemm_batch(const GemmShape& shape, int64_t batch, const float* a, int64_t a_step,
                  const float* b, int64_t b_step, float* c, int64_t c_step) override;
  void conv2d(const Conv2dShape& shape, const float* x, const float* w, float* y) override;
  void conv2d_grad_input(const Conv2dShape& shape, const float* dy, const float* w,
                         float* dx) override;
  void conv2d_grad_weight(const Conv2dShape& shape, const float* x, const float* dy,
                          float* dw) override;
  void conv2d_grad(const Conv2dShape& shape, const float* x, const float* w, const float* dy,
                   float* dx, float* dw) override;

  // cpu_pool.cpp
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

  // cpu_elementwise.cpp
  void unary(UnaryOp op, int64_t n, const float* x, float* y) override;
  void unary_grad(UnaryOp op, int64_t n, const float* x, const float* y, const float* dy,
                  float* dx) override;
  void binary(Binary op, int64_t n, const float* a, const float* b, int64_t nb, int64_t inner,
              float* y) override;
  void axpy(int64_t n, float alpha, const float* x, float* y) override;
  void dropout(int64_t n, float p, Rng rng, const float* x, float* y) override;
  void sgd(const SgdStep& step, int64_t n, const float* gradient, float* velocity,
           float* weight) override;
  void adam(const AdamStep& step, int64_t n, const float* gradient, float* first, float* second,
            float* weight) override;
  void adagrad(const AdagradStep& step, int64_t n, const float* gradient, float* squares,
               float* weight) override;
  void rmsprop(const RmspropStep& step, int64_t n, const float* gradient, float* squares,
               float* means, float* velocity, float* weight) override;

  // cpu_shape.cpp
  void copy_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step, float* to,
                   int64_t to_step) override;
  void add_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step, float* to,
                  int64_t to_step) override;
  void permute(int rank, const int64_t* dims, const int* axes, const float* x, float* y) override;
  void gather(int64_t outer, int64_t axis, int64_t inner, int64_t count, const int32_t* index,
              const float* x, float* y) override;
  void gather_grad(int64_t outer, int64_t axis, int64_t inner, int64_t count, const int32_t* index,
                   const float* dy, float* dx) override;

  // cpu_group_norm.cpp
  void group_norm(const GroupNormShape& shape, const float* x, const float* gamma,
                  const float* beta, float* y, float* mean, float* inverse_std) override;
  void group_norm_grad(const GroupNormShape& shape, const float* x, const float* dy,
                       const float* gamma, const float* mean, const float* inverse_std, float* dx,
                       float* dgamma, float* dbeta) override;

  // cpu_rows.cpp
  void sum_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y) override;
  void max_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y,
                int32_t* argmax) override;
  void repeat_axis(int64_t outer, int64_t axis, int64_t inner, float alpha, const float* x,
                   float* y) override;
  void max_axis_grad(int64_t outer, int64_t axis, int64_t inner, const float* dy,
                     const int32_t* argmax, float* dx) override;
  void softmax(int64_t rows, int64_t columns, const SoftmaxMask& mask, const float* x,
               float* y) override;
  void softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                    float* dx) override;
  void log_softmax(int64_t rows, int64_t columns, const float* x, float* y) override;
  void log_softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                        float* dx) override;
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

  // cpu_recurrent.cpp, cpu_recurrent_grad.cpp
  void recurrent(const RecurrentShape& shape, const RecurrentInputs& inputs,
                 const RecurrentOutputs& outputs) override;
  void recurrent_grad(const RecurrentShape& shape, const RecurrentInputs& inputs, const float* y,
                      float* saved, const RecurrentGradients& gradients) override;
  void ctc(const CtcShape& shape, const float* log_probs, float* loss, float* gradient) override;

 private:
  bool in_bfloat16(const Conv2dShape& shape) const;
  void sum_rows(int64_t rows, int64_t columns, const float* x, float* y);
  void normalize(int64_t rows, int64_t channels, float epsilon, const float* x, const float* gamma,
                 const float* beta, const Epilogue& then, float* y, float* mean,
                 float* inverse_std);
  // `y` null: no relu, dz is dy. Otherwise dz, the gradient before the relu, is written first;
  // it may be dx.
  void normalize_grad(int64_t rows, int64_t channels, const float* x, const float* y,
                      const float* dy, const float* gamma, const float* mean,
                      const float* inverse_std, float* dx, float* dgamma, float* dbeta, float* dz);

  void add_weight_gradients(const RecurrentShape& shape, const RecurrentInputs& inputs,
                            const float* before, const float* sums,
                            const RecurrentGradients& gradients);

  const Kernels& kernels_;
};

}  // namespace tengen::nn
