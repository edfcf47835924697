#include "nn/cuda/cublaslt_product.h"

namespace tengen::nn {
namespace {

template <class Value>
void set(const MatmulDesc& desc, cublasLtMatmulDescAttributes_t attribute, const Value& value) {
  CUBLAS_CHECK(cublaslt_library().desc_set(desc.get(), attribute, &value, sizeof(value)));
}

MatmulDesc make_desc(cublasComputeType_t compute, bool transpose_first, bool transpose_second) {
  cublasLtMatmulDesc_t made;
  CUBLAS_CHECK(cublaslt_library().desc_create(&made, compute, CUDA_R_32F));
  MatmulDesc desc(made);
  set(desc, CUBLASLT_MATMUL_DESC_TRANSA, transpose_first ? CUBLAS_OP_T : CUBLAS_OP_N);
  set(desc, CUBLASLT_MATMUL_DESC_TRANSB, transpose_second ? CUBLAS_OP_T : CUBLAS_OP_N);
  return desc;
}

// Of the matrix that lies row-major as [rows, columns]: column-major it is its transpose.
MatrixLayout make_layout(cudaDataType type, int64_t rows, int64_t columns, int64_t ld,
                         int64_t batch, int64_t step) {
  const CublasLtLibrary& lt = cublaslt_library();
  cublasLtMatrixLayout_t made;
  CUBLAS_CHECK(lt.layout_create(&made, type, static_cast<uint64_t>(columns),
                                static_cast<uint64_t>(rows), ld));
  MatrixLayout layout(made);
  if (batch == 1) return layout;
  const int32_t count = static_cast<int32_t>(batch);
  CUBLAS_CHECK(lt.layout_set(made, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof(count)));
  CUBLAS_CHECK(
      lt.layout_set(made, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &step, sizeof(step)));
  return layout;
}

class Preference {
 public:
  Preference() {
    cublasLtMatmulPreference_t made;
    CUBLAS_CHECK(cublaslt_library().preference_create(&made));
    preference_.reset(made);
  }
  template <class Value>
  void set(cublasLtMatmulPreferenceAttributes_t attribute, Value value) {
    CUBLAS_CHECK(
        cublaslt_library().preference_set(preference_.get(), attribute, &value, sizeof(value)));
  }
  cublasLtMatmulPreference_t get() const { return preference_.get(); }

 private:
  std::unique_ptr<cublasLtMatmulPreferenceOpaque_t,
                  DestroyCublasLt<&CublasLtLibrary::preference_destroy>>
      preference_;
};

}  // namespace

CublasLtProduct::CublasLtProduct(const ProductShape& s)
    : desc_(make_desc(s.compute, s.transpose_b, s.transpose_a)),
      first_(make_layout(s.type, s.transpose_b ? s.n : s.k, s.transpose_b ? s.k : s.n, s.ldb,
                         s.batch, s.b_step)),
      second_(make_layout(s.type, s.transpose_a ? s.k : s.m, s.transpose_a ? s.m : s.k, s.lda,
                          s.batch, s.a_step)),
      result_(make_layout(CUDA_R_32F, s.m, s.n, s.ldc, s.batch, s.c_step)) {}

std::optional<CublasLtProduct> CublasLtProduct::make(cublasLtHandle_t handle,
                                                     const ProductShape& shape) {
  CublasLtProduct product(shape);
  Preference preference;
  preference.set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, kCublasLtWorkspace);
  preference.set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, shape.b_alignment);
  preference.set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, shape.a_alignment);
  preference.set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, shape.c_alignment);
  preference.set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, shape.c_alignment);
  cublasLtMatmulHeuristicResult_t best{};
  int found = 0;
  const cublasStatus_t status = cublaslt_library().get_heuristic(
      handle, product.desc_.get(), product.first_.get(), product.second_.get(),
      product.result_.get(), product.result_.get(), preference.get(), 1, &best, &found);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return std::nullopt;
  check_cublas(status, __FILE__, __LINE__, "cublasLtMatmulAlgoGetHeuristic");
  if (found == 0 || best.state != CUBLAS_STATUS_SUCCESS) return std::nullopt;
  product.algorithm_ = best.algo;
  product.workspace_bytes_ = best.workspaceSize;
  return product;
}

void CublasLtProduct::run(cublasLtHandle_t handle, const void* a, const void* b, float beta,
                          float* c, void* workspace, cudaStream_t stream) const {
  const float alpha = 1.0f;
  CUBLAS_CHECK(cublaslt_library().matmul(handle, desc_.get(), &alpha, b, first_.get(), a,
                                         second_.get(), &beta, c, result_.get(), c, result_.get(),
                                         &algorithm_, workspace, workspace_bytes_, stream));
}

}  // namespace tengen::nn
