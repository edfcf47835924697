// Products on the device against the reference device.
#include "nn/cuda/products.h"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/rng.h"
#include "nn/cuda/handles.h"
#include "tests/cuda/device_floats.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/random_numbers.h"

namespace tengen::nn {
namespace {

constexpr ProductOptions kExact{.tf32 = false};

class ProductsTest : public OnGpu<> {
 protected:
  // `batch` products whose matrices lie `gap` floats apart, over an output of old numbers.
  double error_of(Products& products, const GemmShape& s, int64_t batch = 1, int64_t gap = 0,
                  bool one_b = false) {
    const int64_t a_size = (s.transpose_a ? s.k : s.m) * s.lda, a_step = a_size + gap;
    const int64_t b_size = (s.transpose_b ? s.n : s.k) * s.ldb, b_step = one_b ? 0 : b_size + gap;
    const int64_t c_step = s.m * s.ldc + gap;
    const auto a = random_floats(batch * a_step, 1);
    const auto b = random_floats(one_b ? b_size : batch * b_step, 2);
    std::vector<float> expected = random_floats(batch * c_step, 3);
    const DeviceFloats da(a, offset_), db(b), dc(expected, offset_);
    products.gemm_batch(s, batch, da.data(), a_step, db.data(), b_step, dc.data(), c_step,
                        stream_.get());
    reference_device().gemm_batch(s, batch, a.data(), a_step, b.data(), b_step, expected.data(),
                                  c_step);
    return difference(dc.read(), expected);
  }

  static GemmShape shape_of(int64_t m, int64_t n, int64_t k, int flags) {
    GemmShape s{(flags & 1) != 0, (flags & 2) != 0, m, n, k, 0, 0, n + 3, 0.0f};
    s.lda = (s.transpose_a ? m : k) + 2;
    s.ldb = (s.transpose_b ? k : n) + 1;
    s.beta = (flags & 4) ? 0.5f : 0.0f;
    return s;
  }

  void SetUp() override {
    OnGpu::SetUp();
    if (!IsSkipped()) stream_ = make_stream();
  }

  Stream stream_;
  size_t offset_ = 0;
};

struct Sizes {
  int64_t m, n, k;
};
constexpr Sizes kSizes[] = {{1, 1, 1},    {3, 5, 7},    {1, 64, 100}, {9, 64, 64},   {13, 33, 17},
                            {81, 48, 22}, {50, 70, 90}, {64, 10, 60}, {33, 47, 450}, {5, 250, 31}};

TEST_F(ProductsTest, EveryTransposeAndStrideEqualsReference) {
  Products products(kExact);
  for (const Sizes& c : kSizes)
    for (int flags = 0; flags < 8; ++flags) {
      SCOPED_TRACE(testing::Message() << c.m << "x" << c.n << "x" << c.k << " flags " << flags);
      EXPECT_LE(error_of(products, shape_of(c.m, c.n, c.k, flags)), 1e-5);
    }
}

TEST_F(ProductsTest, FactorsRoundedToBfloat16EqualReference) {
  Products products;
  for (const Sizes& c : kSizes)
    for (int flags = 0; flags < 8; ++flags) {
      GemmShape s = shape_of(c.m, c.n, c.k, flags);
      s.precision = Precision::kBfloat16;
      SCOPED_TRACE(testing::Message() << c.m << "x" << c.n << "x" << c.k << " flags " << flags);
      EXPECT_LE(error_of(products, s), 1e-5);
    }
}

TEST_F(ProductsTest, PackedFactorsRoundEqually) {
  Products products;
  const GemmShape s{false, true, 24, 16, 40, 40, 40, 16, 0.0f, Precision::kBfloat16};
  EXPECT_LE(error_of(products, s), 1e-5);
  EXPECT_LE(error_of(products, s, 3), 1e-5);
}

TEST_F(ProductsTest, Tf32RoundsTenBitsAndOnlyWhereItMay) {
  Products fast, exact(kExact);
  const GemmShape s = shape_of(40, 30, 50, 0);
  const double error = error_of(fast, s);
  EXPECT_GT(error, 1e-6);
  EXPECT_LE(error, 2e-3);
  EXPECT_LE(error_of(exact, s), 1e-6);
}

TEST_F(ProductsTest, BatchesEqualReference) {
  Products products(kExact);
  for (const Precision precision : {Precision::kFloat32, Precision::kBfloat16})
    for (int flags = 0; flags < 8; ++flags)
      for (const bool one_b : {false, true}) {
        GemmShape s = shape_of(6, 9, 5, flags);
        s.precision = precision;
        SCOPED_TRACE(testing::Message() << "flags " << flags << " one b " << one_b);
        EXPECT_LE(error_of(products, s, 7, 2, one_b), 1e-5);
      }
}

TEST_F(ProductsTest, MoreProductsThanAGridHasLayers) {
  Products products(kExact);
  EXPECT_LE(error_of(products, {false, false, 1, 1, 2, 2, 1, 1, 0.0f}, 65537), 1e-5);
}

TEST_F(ProductsTest, AddressesOfFourBytesAlignmentWillDo) {
  Products products(kExact);
  GemmShape s = shape_of(13, 33, 17, 4);
  EXPECT_LE(error_of(products, s), 1e-5);
  offset_ = 1;
  EXPECT_LE(error_of(products, s), 1e-5);
  s.precision = Precision::kBfloat16;
  EXPECT_LE(error_of(products, s), 1e-5);
}

TEST_F(ProductsTest, EmptySumIsBetaTimesC) {
  Products products;
  const DeviceFloats c({2, 4, 7, 6, 8, 7});
  GemmShape s{false, false, 2, 2, 0, 1, 2, 3, 0.5f};
  products.gemm(s, nullptr, nullptr, c.data(), stream_.get());
  EXPECT_EQ(c.read(), (std::vector<float>{1, 2, 7, 3, 4, 7}));
  s.beta = 0;

  products.gemm(s, nullptr, nullptr, c.data(), stream_.get());
  EXPECT_EQ(c.read(), (std::vector<float>{0, 0, 7, 0, 0, 7}));
}

TEST_F(ProductsTest, NothingIsDoneForAnEmptyResult) {
  Products products;
  products.gemm({false, false, 0, 3, 4, 4, 3, 3}, nullptr, nullptr, nullptr, stream_.get());
  products.gemm({false, false, 3, 0, 4, 4, 1, 1}, nullptr, nullptr, nullptr, stream_.get());
  products.gemm_batch({false, false, 3, 2, 4, 4, 2, 2}, 0, nullptr, 0, nullptr, 0, nullptr, 0,
                      stream_.get());
  EXPECT_EQ(cudaStreamSynchronize(stream_.get()), cudaSuccess);
}

TEST_F(ProductsTest, StreamsDoNotDisturbEachOther) {
  Products products(kExact);
  const GemmShape s{false, false, 8, 8, 8, 8, 8, 8, 0.0f, Precision::kBfloat16};
  const auto a = random_floats(64, 1), b = random_floats(64, 2);
  std::vector<float> expected(64), other_expected(64);
  const DeviceFloats da(a), db(b), c(expected), other_c(expected);
  const Stream other = make_stream();
  products.gemm(s, da.data(), db.data(), c.data(), stream_.get());
  products.gemm(s, db.data(), da.data(), other_c.data(), other.get());
  reference_device().gemm(s, a.data(), b.data(), expected.data());
  reference_device().gemm(s, b.data(), a.data(), other_expected.data());
  EXPECT_LE(difference(c.read(), expected), 1e-5);
  EXPECT_LE(difference(other_c.read(), other_expected), 1e-5);
}

}  // namespace
}  // namespace tengen::nn
