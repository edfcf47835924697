#include "nn/cpu/bf16_gemm.h"

#include <algorithm>

#include "nn/base/parallel.h"

namespace tengen::nn {
namespace {

constexpr int64_t kRowPiece = 64;      // rows of C in one piece of work
constexpr int64_t kColumnPiece = 128;  // its columns, where there are few rows
constexpr int64_t kManyRows = 512;
constexpr int64_t kSmall = 1'000'000;   // multiply-adds not worth a second thread
constexpr int64_t kPackAlone = 32'000;  // numbers whose packing is not
constexpr int64_t kSplitDepth = 2048;

void run_pieces(int64_t pieces, bool alone, LoopBody<int64_t> run) {
  if (alone) {
    for (int64_t i = 0; i < pieces; ++i) run(i);
  } else {
    parallel_for(pieces, run);
  }
}

// Rows [m0, m0 + rows) of op(A).
void pack_a(const Bf16Kernels& kernels, const GemmShape& s, const float* a, int64_t m0,
            int64_t rows, Bfloat16* packed, int64_t ld) {
  if (s.transpose_a) {
    kernels.pack_rows_transposed(rows, s.k, {a + m0, s.lda}, packed, ld);
  } else {
    kernels.pack_rows(rows, s.k, {a + m0 * s.lda, s.lda}, packed, ld);
  }
}

// Where there are many rows, a piece packs its own; few rows are packed first and then multiplied
// in pieces of columns as well.
void multiply_pieces(const Bf16Kernels& kernels, const GemmShape& s, const float* a, const float* b,
                     float* c, bool accumulate) {
  const Bf16Matrix right(kernels, s.k, s.n, b, s.ldb, s.transpose_b);
  const bool alone = s.m * s.n * s.k < kSmall, many = s.m >= kManyRows;
  const int64_t depth = whole(s.k, kBf16Step), row_pieces = (s.m + kRowPiece - 1) / kRowPiece;
  if (many || s.n <= kColumnPiece) {
    run_pieces(row_pieces, alone, [&](int64_t i) {
      const int64_t m0 = i * kRowPiece, rows = std::min(kRowPiece, s.m - m0);
      const Bf16Scratch packed(whole(rows, kBf16Rows) * depth);
      pack_a(kernels, s, a, m0, rows, packed.data(), depth);
      right.multiply_columns(packed.data(), depth, rows, 0, s.n, c + m0 * s.ldc, s.ldc, accumulate);
    });
    return;
  }
  const Bf16Scratch packed(whole(s.m, kBf16Rows) * depth);
  run_pieces(row_pieces, alone || s.m * s.k < kPackAlone, [&](int64_t i) {
    const int64_t m0 = i * kRowPiece, rows = std::min(kRowPiece, s.m - m0);
    pack_a(kernels, s, a, m0, rows, packed.data() + m0 * depth, depth);
  });
  const int64_t column_pieces = (s.n + kColumnPiece - 1) / kColumnPiece;
  run_pieces(row_pieces * column_pieces, alone, [&](int64_t i) {
    const int64_t m0 = i / column_pieces * kRowPiece, n0 = i % column_pieces * kColumnPiece;
    right.multiply_columns(packed.data() + m0 * depth, depth, std::min(kRowPiece, s.m - m0), n0,
                           std::min(kColumnPiece, s.n - n0), c + m0 * s.ldc, s.ldc, accumulate);
  });
}

// Few results from a long sum, as in a gradient of weights: pieces of the sum in parallel, then
// their totals in order.
void multiply_split(const Bf16Kernels& kernels, const GemmShape& s, const float* a, const float* b,
                    float* c, bool accumulate) {
  const int64_t parts = (s.k + kSplitDepth - 1) / kSplitDepth, size = s.m * s.n;
  const Scratch partial(parts * size);
  parallel_for(parts, [&](int64_t i) {
    const int64_t k0 = i * kSplitDepth;
    GemmShape part = s;
    part.k = std::min(kSplitDepth, s.k - k0);
    part.ldc = s.n;
    multiply_pieces(kernels, part, a + (s.transpose_a ? k0 * s.lda : k0),
                    b + (s.transpose_b ? k0 : k0 * s.ldb), partial.data() + i * size, false);
  });
  for (int64_t r = 0; r < s.m; ++r)
    for (int64_t j = 0; j < s.n; ++j) {
      float sum = accumulate ? c[r * s.ldc + j] : 0.0f;
      for (int64_t i = 0; i < parts; ++i) sum += partial.data()[i * size + r * s.n + j];
      c[r * s.ldc + j] = sum;
    }
}

}  // namespace

Bf16Matrix::Bf16Matrix(const Bf16Kernels& kernels, int64_t k, int64_t n, const float* b,
                       int64_t ldb, bool transpose)
    : kernels_(kernels), k_(k), n_(n), memory_(bf16_packed_size(k, n)) {
  constexpr int64_t kColumns = 64;
  run_pieces((n + kColumns - 1) / kColumns, k * n < kPackAlone, [&](int64_t i) {
    const int64_t n0 = i * kColumns, columns = std::min(kColumns, n - n0);
    Bfloat16* to = memory_.data() + n0 * whole(k, kBf16Step);
    if (transpose) {
      kernels.pack_columns_transposed(k, columns, {b + n0 * ldb, ldb}, to);
    } else {
      kernels.pack_columns(k, columns, {b + n0, ldb}, to);
    }
  });
}

void bf16_gemm(const Bf16Kernels& kernels, const GemmShape& s, const float* a, const float* b,
               float* c) {
  if (s.beta != 1.0f && (s.beta != 0.0f || s.k == 0)) {
    for (int64_t r = 0; r < s.m; ++r)
      for (int64_t i = 0; i < s.n; ++i)
        c[r * s.ldc + i] = s.beta == 0.0f ? 0.0f : s.beta * c[r * s.ldc + i];
  }
  if (s.k == 0) return;
  const bool accumulate = s.beta != 0.0f;
  if (s.k >= 2 * kSplitDepth && s.m * s.n <= 128 * 1024) {
    multiply_split(kernels, s, a, b, c, accumulate);
  } else {
    multiply_pieces(kernels, s, a, b, c, accumulate);
  }
}

}  // namespace tengen::nn
