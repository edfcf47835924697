// Products in bfloat16 on AMX: tiles of sixteen rows of 64 bytes, and one instruction for
// 16 x 16 x 32 multiply-adds.
#include <cstddef>
#include <cstdint>

#include "nn/cpu/bf16_kernels.h"

#if defined(__AMX_BF16__) || defined(__AMXBF16__)  // as g++ and older clang++ say
#include "nn/cpu/amx_tiles.h"

namespace tengen::nn {
namespace {

constexpr int64_t kTile = 16;  // rows, and floats or pairs of bfloat16 in a row
constexpr int64_t kTileBytes = 64;

using Sums = float[2 * kTile][2 * kTile];

// R x P tiles of sums, on top of what lies at c where `accumulate`; c's rows are c_bytes apart.
template <int R, int P>
inline void multiply_block(const Bf16Product& p, const Bfloat16* a, int64_t column, float* c,
                           int64_t c_bytes, bool accumulate) {
  const int64_t panel = p.steps * kBf16Step * kBf16Columns, a_bytes = p.a_row * 2;
  const int64_t c_tiles = kTile * c_bytes / static_cast<int64_t>(sizeof(float));
  const Bfloat16* b = p.b + column * p.steps * kBf16Step;
  if (accumulate) {
    _tile_loadd(0, c, c_bytes);
    if constexpr (P == 2) _tile_loadd(1, c + kTile, c_bytes);
    if constexpr (R == 2) _tile_loadd(2, c + c_tiles, c_bytes);
    if constexpr (R == 2 && P == 2) _tile_loadd(3, c + c_tiles + kTile, c_bytes);
  } else {
    _tile_zero(0);
    if constexpr (P == 2) _tile_zero(1);
    if constexpr (R == 2) _tile_zero(2);
    if constexpr (R == 2 && P == 2) _tile_zero(3);
  }
  for (int64_t s = 0; s < p.steps; ++s, b += kBf16Step * kBf16Columns) {
    const Bfloat16* from = a + (p.step_at ? p.step_at[s] : s * kBf16Step);
    _tile_loadd(4, from, a_bytes);
    _tile_loadd(6, b, kTileBytes);
    _tile_dpbf16ps(0, 4, 6);
    if constexpr (R == 2) {
      _tile_loadd(5, from + kTile * p.a_row, a_bytes);
      _tile_dpbf16ps(2, 5, 6);
    }
    if constexpr (P == 2) {
      _tile_loadd(7, b + panel, kTileBytes);
      _tile_dpbf16ps(1, 4, 7);
    }
    if constexpr (R == 2 && P == 2) _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, c_bytes);
  if constexpr (P == 2) _tile_stored(1, c + kTile, c_bytes);
  if constexpr (R == 2) _tile_stored(2, c + c_tiles, c_bytes);
  if constexpr (R == 2 && P == 2) _tile_stored(3, c + c_tiles + kTile, c_bytes);
}

inline int64_t c_of(const Bf16Product& p, int64_t row) {
  return p.c_at ? p.c_at[row] : row * p.c_row;
}

// Copies or adds the block's sums to C.
template <int P>
inline void store_block(const Bf16Product& p, int64_t row, int64_t rows, int64_t column,
                        const Sums& sums) {
  __mmask16 mask[P];
  for (int v = 0; v < P; ++v) {
    const int64_t left = p.columns - column - v * kTile;
    mask[v] = static_cast<__mmask16>(left >= kTile ? 0xffff : (1 << left) - 1);
  }
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = c_of(p, row + r);
    if (at < 0) continue;
    for (int v = 0; v < P; ++v) {
      float* c = p.c + at + column + v * kTile;
      __m512 x = _mm512_load_ps(sums[r] + v * kTile);
      if (p.accumulate) x = _mm512_add_ps(x, _mm512_maskz_loadu_ps(mask[v], c));
      _mm512_mask_storeu_ps(c, mask[v], x);
    }
  }
}

// `rows` <= 16 R rows from `row` on: straight to C where whole tiles of it are wanted.
template <int R, int P>
inline void multiply_rows(const Bf16Product& p, int64_t row, int64_t rows, int64_t column) {
  const Bfloat16* a = p.a + (p.block_at ? p.block_at[row / kBf16Rows] : row * p.a_row);
  const int64_t first = c_of(p, row), last = c_of(p, row + rows - 1);
  if (rows == R * kTile && p.columns - column >= P * kTile && first >= 0 &&
      last == first + (rows - 1) * p.c_row) {
    multiply_block<R, P>(p, a, column, p.c + first + column,
                         p.c_row * static_cast<int64_t>(sizeof(float)), p.accumulate);
    return;
  }
  alignas(64) Sums sums;
  multiply_block<R, P>(p, a, column, sums[0], sizeof(sums[0]), false);
  store_block<P>(p, row, rows, column, sums);
}

template <int P>
inline void multiply_panels(const Bf16Product& p, int64_t column) {
  for (int64_t row = 0; row < p.rows; row += 2 * kTile) {
    const int64_t rows = p.rows - row;
    if (rows > kTile) {
      multiply_rows<2, P>(p, row, rows < 2 * kTile ? rows : 2 * kTile, column);
    } else {
      multiply_rows<1, P>(p, row, rows, column);
    }
  }
}

}  // namespace

void amx_multiply(const Bf16Product& product);
void amx_multiply(const Bf16Product& p) {
  const Tiles tiles;
  for (int64_t column = 0; column < p.columns; column += 2 * kTile) {
    if (p.columns - column > kTile) {
      multiply_panels<2>(p, column);
    } else {
      multiply_panels<1>(p, column);
    }
  }
}

}  // namespace tengen::nn
#endif
