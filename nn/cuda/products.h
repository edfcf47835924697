// Matrix products by cuBLASLt, row-major like all of Tengen (cuBLASLt is told the transposed
// problem). Layouts and the chosen algorithm of a shape are kept from its first call on.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "nn/device.h"

namespace tengen::nn {

struct ProductOptions {
  // float32 products may round their factors to TF32's 10 bits of mantissa: several times faster.
  bool tf32 = true;
};

class Products {
 public:
  // For the current device. An Error says where cuBLASLt was looked for if it cannot be opened.
  explicit Products(const ProductOptions& options = {});
  ~Products();

  // As Device::gemm and gemm_batch, on `stream`; from any thread. Precision::kBfloat16 rounds the
  // factors. The first call of a shape on a stream may allocate: a stream that is captured into a
  // graph has seen the shape before.
  void gemm(const GemmShape& shape, const float* a, const float* b, float* c, cudaStream_t stream);
  void gemm_batch(const GemmShape& shape, int64_t batch, const float* a, int64_t a_step,
                  const float* b, int64_t b_step, float* c, int64_t c_step, cudaStream_t stream);

 private:
  struct Call;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tengen::nn
