// The real cuBLASLt takes what it is told of a product. Without a GPU it has no handle, and so no
// algorithm to choose: the question for one is the first call that it may refuse.
#include <gtest/gtest.h>

#include "nn/cuda/cublaslt_product.h"

namespace tengen::nn {
namespace {

void expect_only_the_handle_missing(const ProductShape& shape) {
  try {
    CublasLtProduct::make(nullptr, shape);
    ADD_FAILURE() << "an algorithm without a handle";
  } catch (const CudaError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("cublasLtMatmulAlgoGetHeuristic: the library was not initialized"),
              std::string::npos)
        << text;
  }
}

TEST(CublasLt, TakesWhatItIsToldOfAProduct) {
  try {
    cublaslt_library();
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  ProductShape shape{.transpose_a = false,
                     .transpose_b = true,
                     .m = 128,
                     .n = 96,
                     .k = 64,
                     .lda = 64,
                     .ldb = 64,
                     .ldc = 96,
                     .batch = 1,
                     .a_step = 0,
                     .b_step = 0,
                     .c_step = 0,
                     .type = CUDA_R_32F,
                     .compute = CUBLAS_COMPUTE_32F_FAST_TF32,
                     .a_alignment = 16,
                     .b_alignment = 4,
                     .c_alignment = 16};
  expect_only_the_handle_missing(shape);
  shape.batch = 3, shape.a_step = 128 * 64, shape.c_step = 128 * 96;
  expect_only_the_handle_missing(shape);
  shape.type = CUDA_R_16BF, shape.compute = CUBLAS_COMPUTE_32F;
  expect_only_the_handle_missing(shape);
}

}  // namespace
}  // namespace tengen::nn
