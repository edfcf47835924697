// Matrix product in bfloat16 on packed panels, and its pieces for those who multiply by the same
// matrix many times.
#pragma once

#include <cassert>

#include "nn/cpu/bf16_kernels.h"
#include "nn/cpu/scratch.h"
#include "nn/device.h"

namespace tengen::nn {

// Memory of a scope for numbers in bfloat16.
class Bf16Scratch {
 public:
  explicit Bf16Scratch(int64_t size) : floats_((size + 1) / 2) {}
  Bfloat16* data() const { return reinterpret_cast<Bfloat16*>(floats_.data()); }

 private:
  Scratch floats_;
};

// Rows [rows, k], rounded and padded for the left side of a product. It may be filled again and
// again; rows() may be filled in several pieces and on several threads.
class Bf16Rows {
 public:
  Bf16Rows(const Bf16Kernels& kernels, int64_t rows, int64_t k)
      : kernels_(kernels),
        k_(k),
        row_(whole(k, kBf16Step)),
        memory_(whole(rows, kBf16Rows) * row_) {}

  // Rows [first, first + rows) from x [rows, k] with leading dimension ldx.
  void fill(int64_t first, int64_t rows, const float* x, int64_t ldx) {
    kernels_.pack_rows(rows, k_, {x, ldx}, memory_.data() + first * row_, row_);
  }
  const Bfloat16* row(int64_t i) const { return memory_.data() + i * row_; }
  int64_t row_size() const { return row_; }

 private:
  const Bf16Kernels& kernels_;
  int64_t k_, row_;
  Bf16Scratch memory_;
};

// op(B) [k, n], rounded and laid out once; multiplied by many rows, on any number of threads.
class Bf16Matrix {
 public:
  Bf16Matrix(const Bf16Kernels& kernels, int64_t k, int64_t n, const float* b, int64_t ldb,
             bool transpose);
  // c [rows, n] with leading dimension ldc (+)= rows [first, first + rows) of a, times op(B);
  // `first` is a multiple of 16.
  void multiply(const Bf16Rows& a, int64_t first, int64_t rows, float* c, int64_t ldc,
                bool accumulate) const {
    assert(first % 16 == 0);
    multiply_columns(a.row(first), a.row_size(), rows, 0, n_, c, ldc, accumulate);
  }
  // Only columns [column, column + columns), `column` a multiple of 16; c is still C's first.
  void multiply_columns(const Bfloat16* a, int64_t a_row, int64_t rows, int64_t column,
                        int64_t columns, float* c, int64_t ldc, bool accumulate) const {
    const int64_t steps = whole(k_, kBf16Step) / kBf16Step;
    kernels_.multiply({rows, columns, steps, a, a_row, memory_.data() + column * steps * kBf16Step,
                       c + column, ldc, accumulate});
  }

 private:
  const Bf16Kernels& kernels_;
  int64_t k_, n_;
  Bf16Scratch memory_;
};

// As Device::gemm. Parallel; the order in which each number is summed depends on the shape alone.
void bf16_gemm(const Bf16Kernels& kernels, const GemmShape& shape, const float* a, const float* b,
               float* c);

}  // namespace tengen::nn
