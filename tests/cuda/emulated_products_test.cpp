// What products do where cuBLASLt answers badly, and how often they ask it.
#include <gtest/gtest.h>

#include "nn/cuda/handles.h"
#include "nn/cuda/products.h"
#include "nn/cuda/shared_library.h"
#include "tests/cuda/device_floats.h"
#include "tests/cuda/emulation/cublaslt_double.h"
#include "tests/cuda/emulation/runtime.h"

namespace tengen::nn {
namespace {

class ProductFaults : public testing::Test {
 protected:
  void SetUp() override { emulation::cublaslt_double() = {}; }
  ~ProductFaults() override {
    emulation::faults() = {};
    emulation::cublaslt_double() = {};
  }
  // [1,2] * [2,1] on the stream.
  float product(Precision precision = Precision::kFloat32) {
    const GemmShape s{false, false, 1, 1, 2, 2, 1, 1, 0.0f, precision};
    products_.gemm(s, a_.data(), b_.data(), c_.data(), stream_.get());
    return c_.read()[0];
  }
  std::string reason() {
    try {
      product();
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }

  Products products_{{.tf32 = false}};
  Stream stream_ = make_stream();
  // 1 + 2^-10 is not a bfloat16.
  DeviceFloats a_{{1.0f + 0x1p-10f, 3.0f}}, b_{{1.0f, 2.0f}}, c_{{0.0f}};
};

TEST_F(ProductFaults, AShapeIsAskedForOnce) {
  product();
  const int asked = emulation::cublaslt_double().heuristics;
  EXPECT_EQ(asked, 1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(product(), 7.0f + 0x1p-10f);
  EXPECT_EQ(emulation::cublaslt_double().heuristics, asked);
  EXPECT_EQ(product(Precision::kBfloat16), 7.0f);
  EXPECT_EQ(emulation::cublaslt_double().heuristics, asked + 1);
}

TEST_F(ProductFaults, WithoutAnAlgorithmForBfloat16ProductsAreExact) {
  emulation::cublaslt_double().knows_bfloat16 = false;
  EXPECT_EQ(product(Precision::kBfloat16), 7.0f + 0x1p-10f);
}

TEST_F(ProductFaults, ErrorsNameTheCallAndTheReason) {
  product();
  emulation::cublaslt_double().status = CUBLAS_STATUS_EXECUTION_FAILED;
  EXPECT_THROW(product(), CudaError);
  const std::string text = reason();
  EXPECT_NE(text.find("cublaslt_product.cpp:"), std::string::npos) << text;
  EXPECT_NE(text.find("matmul"), std::string::npos) << text;
  EXPECT_NE(text.find("CUBLAS_STATUS_EXECUTION_FAILED"), std::string::npos) << text;
}

TEST_F(ProductFaults, AFailureOnALostDeviceSaysThatItIsLost) {
  product();
  emulation::cublaslt_double().status = CUBLAS_STATUS_EXECUTION_FAILED;
  emulation::faults().lost = cudaErrorIllegalAddress;
  EXPECT_THROW(product(), DeviceLost);
}

TEST_F(ProductFaults, TooLittleMemoryIsToldApart) {
  product();
  emulation::cublaslt_double().status = CUBLAS_STATUS_ALLOC_FAILED;
  EXPECT_THROW(product(), OutOfDeviceMemory);
  emulation::cublaslt_double() = {};
  emulation::faults().memory_limit = emulation::allocated_bytes();
  EXPECT_THROW(product(Precision::kBfloat16), OutOfDeviceMemory);
  emulation::faults() = {};
  EXPECT_EQ(product(Precision::kBfloat16), 7.0f);
}

TEST(SharedLibrary, SaysWhatWasTriedAndWhatHelps) {
  const LibrarySearch search{.what = "cuBLASLt",
                             .names = {"libnot_there.so.13"},
                             .folders = {"/nowhere"},
                             .remedy = "install CUDA"};
  try {
    const SharedLibrary library(search);
    ADD_FAILURE() << "opened " << library.path();
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("cuBLASLt: tried libnot_there.so.13, /nowhere/libnot_there.so.13"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("install CUDA"), std::string::npos) << text;
  }
}

TEST(SharedLibrary, SaysWhichFunctionIsMissing) {
  const SharedLibrary library({.what = "C", .names = {"libm.so.6"}, .folders = {}, .remedy = ""});
  double (*cosine)(double);
  library.load(cosine, "cos");
  EXPECT_EQ(cosine(0.0), 1.0);
  EXPECT_THROW(library.load(cosine, "cosine_of_the_future"), Error);
}

}  // namespace
}  // namespace tengen::nn
