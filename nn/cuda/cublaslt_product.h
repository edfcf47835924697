// One product as cuBLASLt knows it: its descriptors, and the algorithm that cuBLASLt's heuristics
// choose for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>

#include "nn/cuda/cublaslt_library.h"

namespace tengen::nn {

// What an algorithm may ask for at most: NVIDIA's recommendation for Hopper.
constexpr size_t kCublasLtWorkspace = size_t{32} << 20;

// c [m,n] = op(a) op(b) + beta c, `batch` times, row-major, the factors of `type`, c in float32.
struct ProductShape {
  bool transpose_a, transpose_b;
  int64_t m, n, k, lda, ldb, ldc;
  int64_t batch, a_step, b_step, c_step;
  cudaDataType type;
  cublasComputeType_t compute;
  uint32_t a_alignment, b_alignment, c_alignment;  // bytes that divide the addresses
  auto operator<=>(const ProductShape&) const = default;
};

// Frees what cuBLASLt made, by the function of that name in its table.
template <auto destroy>
struct DestroyCublasLt {
  template <class Opaque>
  void operator()(Opaque* opaque) const {
    static_cast<void>((cublaslt_library().*destroy)(opaque));
  }
};
using MatmulDesc =
    std::unique_ptr<cublasLtMatmulDescOpaque_t, DestroyCublasLt<&CublasLtLibrary::desc_destroy>>;
using MatrixLayout = std::unique_ptr<cublasLtMatrixLayoutOpaque_t,
                                     DestroyCublasLt<&CublasLtLibrary::layout_destroy>>;

class CublasLtProduct {
 public:
  // Nothing if cuBLASLt has no algorithm for the shape.
  static std::optional<CublasLtProduct> make(cublasLtHandle_t handle, const ProductShape& shape);

  size_t workspace_bytes() const { return workspace_bytes_; }
  // `workspace` has so many bytes.
  void run(cublasLtHandle_t handle, const void* a, const void* b, float beta, float* c,
           void* workspace, cudaStream_t stream) const;

 private:
  explicit CublasLtProduct(const ProductShape& shape);

  MatmulDesc desc_;
  MatrixLayout first_, second_, result_;  // b, a and c, column-major: c^T = op(b)^T op(a)^T
  cublasLtMatmulAlgo_t algorithm_{};
  size_t workspace_bytes_ = 0;
};

}  // namespace tengen::nn
