// Packing in bfloat16, and products by vdpbf16ps: sixteen sums of two products at once.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nn/cpu/bf16_kernels.h"

#ifdef __AVX512BF16__
#ifndef __clang__
// GCC 12 says so of variables in its own header (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

namespace tengen::nn {
namespace {

#define TENGEN_INLINE __attribute__((always_inline))

TENGEN_INLINE inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// The first `count` of sixteen lanes.
TENGEN_INLINE inline __mmask16 first_lanes(int64_t count) {
  return static_cast<__mmask16>(count >= 16 ? 0xffff : count <= 0 ? 0 : (1 << count) - 1);
}

TENGEN_INLINE inline const float* row_of(const FloatRows& rows, int64_t i) {
  if (!rows.at) return rows.x + i * rows.step;
  return rows.at[i] < 0 ? nullptr : rows.x + rows.at[i];
}

// Sixteen floats of a row from `column` on, zeros outside it.
TENGEN_INLINE inline __m512 lanes_of(const float* row, int64_t column, __mmask16 mask) {
  return row ? _mm512_maskz_loadu_ps(mask, row + column) : _mm512_setzero_ps();
}

TENGEN_INLINE inline __m512i rounded(__m512 low, __m512 high) {
  return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

// (low[0], high[0]), (low[1], high[1]), ...
TENGEN_INLINE inline __m512i pairs(__m512 low, __m512 high) {
  alignas(64) static constexpr uint16_t kOrder[32] = {0,  16, 1,  17, 2,  18, 3,  19, 4,  20, 5,
                                                      21, 6,  22, 7,  23, 8,  24, 9,  25, 10, 26,
                                                      11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  return _mm512_permutexvar_epi16(_mm512_load_si512(kOrder), rounded(low, high));
}

// Sixteen vectors of sixteen 32-bit numbers.
TENGEN_INLINE inline void transpose(__m512i (&x)[16]) {
  __m512i y[16];
  for (int i = 0; i < 16; i += 2) {
    y[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
    y[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
  }
  for (int i = 0; i < 16; i += 4)
    for (int j = 0; j < 2; ++j) {
      x[i + 2 * j] = _mm512_unpacklo_epi64(y[i + j], y[i + j + 2]);
      x[i + 2 * j + 1] = _mm512_unpackhi_epi64(y[i + j], y[i + j + 2]);
    }
  for (int i = 0; i < 16; i += 8)
    for (int j = 0; j < 4; ++j) {
      y[i + j] = _mm512_shuffle_i32x4(x[i + j], x[i + j + 4], 0x88);
      y[i + j + 4] = _mm512_shuffle_i32x4(x[i + j], x[i + j + 4], 0xdd);
    }
  for (int j = 0; j < 8; ++j) {
    x[j] = _mm512_shuffle_i32x4(y[j], y[j + 8], 0x88);
    x[j + 8] = _mm512_shuffle_i32x4(y[j], y[j + 8], 0xdd);
  }
}

void pack_rows(int64_t rows, int64_t k, const FloatRows& from, Bfloat16* a, int64_t ld) {
  for (int64_t r = 0; r < rows; ++r, a += ld) {
    const float* row = row_of(from, r);
    for (int64_t i = 0; i < k; i += kBf16Step)
      _mm512_storeu_si512(a + i, rounded(lanes_of(row, i, first_lanes(k - i)),
                                         lanes_of(row, i + 16, first_lanes(k - i - 16))));
  }
}

void pack_rows_transposed(int64_t rows, int64_t k, const FloatRows& from, Bfloat16* a, int64_t ld) {
  for (int64_t i = 0; i < k; i += kBf16Step)
    for (int64_t r = 0; r < rows; r += 16) {
      const __mmask16 mask = first_lanes(rows - r);
      __m512i x[16];
      for (int j = 0; j < 16; ++j) {
        const int64_t at = i + 2 * j;
        x[j] = pairs(lanes_of(at < k ? row_of(from, at) : nullptr, r, mask),
                     lanes_of(at + 1 < k ? row_of(from, at + 1) : nullptr, r, mask));
      }
      transpose(x);
      const int64_t count = smaller(16, rows - r);
      for (int64_t j = 0; j < count; ++j) _mm512_storeu_si512(a + (r + j) * ld + i, x[j]);
    }
}

void pack_columns(int64_t k, int64_t n, const FloatRows& from, Bfloat16* b) {
  const int64_t depth = whole(k, kBf16Step);
  for (int64_t i = 0; i < depth; i += 2) {
    const float* low = i < k ? row_of(from, i) : nullptr;
    const float* high = i + 1 < k ? row_of(from, i + 1) : nullptr;
    for (int64_t c = 0; c < n; c += kBf16Columns) {
      const __mmask16 mask = first_lanes(n - c);
      _mm512_storeu_si512(b + c * depth + i * kBf16Columns,
                          pairs(lanes_of(low, c, mask), lanes_of(high, c, mask)));
    }
  }
}

void pack_columns_transposed(int64_t k, int64_t n, const FloatRows& from, Bfloat16* b) {
  for (int64_t c = 0; c < n; c += kBf16Columns)
    for (int64_t i = 0; i < k; i += kBf16Step, b += kBf16Step * kBf16Columns) {
      const __mmask16 low = first_lanes(k - i), high = first_lanes(k - i - 16);
      __m512i x[16];
      for (int j = 0; j < 16; ++j) {
        const float* row = c + j < n ? row_of(from, c + j) : nullptr;
        x[j] = rounded(lanes_of(row, i, low), lanes_of(row, i + 16, high));
      }
      transpose(x);
      for (int j = 0; j < 16; ++j) _mm512_storeu_si512(b + j * 32, x[j]);
    }
}

TENGEN_INLINE inline const Bfloat16* a_of(const Bf16Product& p, int64_t row) {
  if (!p.block_at) return p.a + row * p.a_row;
  return p.a + p.block_at[row / kBf16Rows] + row % kBf16Rows * p.a_row;
}

// R rows of C in one panel or two, in registers.
template <int R, int P>
void block(const Bf16Product& p, int64_t row, int64_t column) {
  __m512 sum[R][P];
  for (int r = 0; r < R; ++r)
    for (int v = 0; v < P; ++v) sum[r][v] = _mm512_setzero_ps();
  const Bfloat16* b = p.b + column * p.steps * kBf16Step;
  for (int64_t s = 0; s < p.steps; ++s) {
    const Bfloat16* a = a_of(p, row) + (p.step_at ? p.step_at[s] : s * kBf16Step);
    for (int i = 0; i < 16; ++i, b += 32) {
      __m512bh columns[P];
      for (int v = 0; v < P; ++v)
        columns[v] = (__m512bh)_mm512_loadu_si512(b + v * p.steps * kBf16Step * kBf16Columns);
      for (int r = 0; r < R; ++r) {
        int pair;
        __builtin_memcpy(&pair, a + r * p.a_row + 2 * i, sizeof(pair));
        for (int v = 0; v < P; ++v)
          sum[r][v] = _mm512_dpbf16_ps(sum[r][v], columns[v], (__m512bh)_mm512_set1_epi32(pair));
      }
    }
  }
  for (int r = 0; r < R; ++r) {
    const int64_t at = p.c_at ? p.c_at[row + r] : (row + r) * p.c_row;
    if (at < 0) continue;
    for (int v = 0; v < P; ++v) {
      float* c = p.c + at + column + v * 16;
      const __mmask16 mask = first_lanes(p.columns - column - v * 16);
      if (p.accumulate) sum[r][v] = _mm512_add_ps(sum[r][v], _mm512_maskz_loadu_ps(mask, c));
      _mm512_mask_storeu_ps(c, mask, sum[r][v]);
    }
  }
}

constexpr int kMostRows = 11;  // a third of a block
using BlockFunction = void (*)(const Bf16Product&, int64_t, int64_t);
template <int P, int... R>
constexpr BlockFunction block_of(int64_t rows, std::integer_sequence<int, R...>) {
  constexpr BlockFunction kBlocks[] = {block<R + 1, P>...};
  return kBlocks[rows - 1];
}

void multiply(const Bf16Product& p) {
  constexpr auto kCounts = std::make_integer_sequence<int, kMostRows>();
  for (int64_t column = 0; column < p.columns;) {
    const bool two = p.columns - column > kBf16Columns;
    for (int64_t row = 0; row < p.rows;) {
      const int64_t block_left = kBf16Rows - row % kBf16Rows;
      const int64_t rows = smaller(kMostRows, smaller(block_left, p.rows - row));
      (two ? block_of<2>(rows, kCounts) : block_of<1>(rows, kCounts))(p, row, column);
      row += rows;
    }
    column += two ? 2 * kBf16Columns : kBf16Columns;
  }
}

}  // namespace

extern const Bf16Kernels kAvx512Bf16Kernels;
const Bf16Kernels kAvx512Bf16Kernels = {
    pack_rows, pack_rows_transposed, pack_columns, pack_columns_transposed, multiply, false};

}  // namespace tengen::nn
#endif
