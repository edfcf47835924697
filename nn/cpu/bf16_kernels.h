// Kernels for products in bfloat16 with sums in float32: for processors with AVX512_BF16 and AMX.
//
// Factors are rounded once, while they are laid out for the kernel, into two layouts that serve
// both instruction sets. A lies row by row, k padded with zeros to whole steps of 32. B lies in
// panels of 16 columns, each [k / 2][16 columns][2]: a step of a panel is one AMX tile, and pairs
// of k are what vdpbf16ps multiplies.
#pragma once

#include <cstdint>

namespace tengen::nn {

using Bfloat16 = uint16_t;  // the upper half of a float's bits

constexpr int64_t kBf16Step = 32;     // of k
constexpr int64_t kBf16Columns = 16;  // of a panel
constexpr int64_t kBf16Rows = 32;     // rows of A are read, not used, up to the next multiple

constexpr int64_t whole(int64_t size, int64_t unit) { return (size + unit - 1) / unit * unit; }
constexpr int64_t bf16_packed_size(int64_t k, int64_t n) {
  return whole(k, kBf16Step) * whole(n, kBf16Columns);
}

// Rows of floats at x + i * step, or where a map says so: at x + at[i], zeros where at[i] < 0.
struct FloatRows {
  const float* x;
  int64_t step;
  const int64_t* at = nullptr;
};

// C[rows, columns] (+)= A B. Maps may place what does not lie in order: step i of A's rows at
// step_at[i] instead of i * 32, A's row 32 * j at block_at[j] instead of 32 * j * a_row, and row r
// of C at c_at[r] instead of r * c_row. A row whose c_at is negative is dropped; among 32 rows
// each that is kept lies c_row after the one kept before.
struct Bf16Product {
  int64_t rows, columns, steps;
  const Bfloat16* a;
  int64_t a_row;
  const Bfloat16* b;
  float* c;
  int64_t c_row;
  bool accumulate = false;
  const int64_t* step_at = nullptr;
  const int64_t* block_at = nullptr;
  const int64_t* c_at = nullptr;
};

struct Bf16Kernels {
  // A from rows [rows, k], and from its transpose, rows [k, rows]. `ld` >= k rounded up to whole
  // steps, and zeros as far as that; each of A's rows has ld numbers.
  void (*pack_rows)(int64_t rows, int64_t k, const FloatRows& from, Bfloat16* a, int64_t ld);
  void (*pack_rows_transposed)(int64_t rows, int64_t k, const FloatRows& from, Bfloat16* a,
                               int64_t ld);
  // B from rows [k, n], and from its transpose, rows [n, k]: bf16_packed_size(k, n) numbers.
  void (*pack_columns)(int64_t k, int64_t n, const FloatRows& from, Bfloat16* b);
  void (*pack_columns_transposed)(int64_t k, int64_t n, const FloatRows& from, Bfloat16* b);
  void (*multiply)(const Bf16Product& product);
  // A direct 3x3 convolution is faster than Winograd's in float32: with AMX. On a core of Zen 4,
  // oneDNN's by vdpbf16ps reaches 269 GF/s, and Winograd in float32 an equivalent of 282.
  bool beats_winograd;
};

}  // namespace tengen::nn
