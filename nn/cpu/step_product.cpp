#include "nn/cpu/step_product.h"

#include <algorithm>

#include "nn/base/parallel.h"
#include "nn/cpu/gemm.h"

namespace tengen::nn {
namespace {

// Vectors of a chunk, which is packed by one worker and stays in the second-level cache.
constexpr int64_t kChunkVectors = 12;

}  // namespace

StepProduct::StepProduct(const Kernels& kernels, Precision precision, int64_t k, int64_t n,
                         const float* b, int64_t ldb, bool transpose)
    : kernels_(kernels),
      k_(k),
      n_(n),
      columns_(kChunkVectors * kernels.lanes),
      chunk_floats_(packed_columns(kernels, k, std::min(n, columns_))),
      packed_(precision == Precision::kBfloat16 && kernels.bf16
                  ? 0
                  : (n + columns_ - 1) / columns_ * chunk_floats_) {
  if (precision == Precision::kBfloat16 && kernels.bf16) {
    bf16_.emplace(*kernels.bf16, k, n, b, ldb, transpose);
    return;
  }
  parallel_ranges(n, columns_, [&](int64_t begin, int64_t end) {
    const float* from = transpose ? b + begin * ldb : b + begin;
    kernels_.pack_columns(k_, end - begin, from, ldb, transpose,
                          packed_.data() + begin / columns_ * chunk_floats_);
  });
}

void StepProduct::multiply(int64_t rows, const float* a, float* c, bool accumulate) const {
  if (in_bfloat16()) {
    Bf16Rows packed(*kernels_.bf16, rows, k_);
    packed.fill(0, rows, a, k_);
    bf16_->multiply(packed, 0, rows, c, n_, accumulate);
    return;
  }
  const int64_t lanes = kernels_.lanes, groups = (k_ + lanes - 1) / lanes;
  const Scratch packed(groups * rows * lanes);
  kernels_.pack_rows(rows, k_, a, k_, packed.data());
  for (int64_t begin = 0; begin < n_; begin += columns_)
    kernels_.multiply_rows({rows, std::min(columns_, n_ - begin), k_, packed.data(), rows * lanes,
                            packed_.data() + begin / columns_ * chunk_floats_, c + begin, n_, lanes,
                            accumulate});
}

}  // namespace tengen::nn
