// Products in bfloat16 on AMX: tiles of sixteen rows of 64 bytes, and one instruction for
// 16 x 16 x 32 multiply-adds.
#include <cstddef>
#include <cstdint>

#include "nn/cpu/bf16_kernels.h"

#ifdef __AMX_BF16__
#include <immintrin.h>

namespace tengen::nn {
namespace {

constexpr int64_t kTile = 16;  // rows, and floats or pairs of bfloat16 in a row
constexpr int64_t kTileBytes = 64;

// The thread's tiles, all of full size, while one lives: without them, it has none to save when it
// is interrupted.
class Tiles {
 public:
  Tiles() {
    struct alignas(64) {
      uint8_t palette = 1, start_row = 0, reserved[14] = {};
      uint16_t row_bytes[16] = {};
      uint8_t rows[16] = {};
    } config;
    for (int i = 0; i < 8; ++i) config.row_bytes[i] = kTileBytes, config.rows[i] = kTile;
    _tile_loadconfig(&config);
  }
  ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
};

using Sums = float[2 * kTile][2 * kTile];

// The sums of R x P tiles.
template <int R, int P>
inline void multiply_block(const Bf16Product& p, int64_t row, int64_t column, Sums& sums) {
  const int64_t panel = p.steps * kBf16Step * kBf16Columns, a_bytes = p.a_row * 2;
  const Bfloat16* a = p.a + row * p.a_row;
  const Bfloat16* b = p.b + column * p.steps * kBf16Step;
  _tile_zero(0);
  if constexpr (P == 2) _tile_zero(1);
  if constexpr (R == 2) _tile_zero(2);
  if constexpr (R == 2 && P == 2) _tile_zero(3);
  for (int64_t s = 0; s < p.steps; ++s, b += kBf16Step * kBf16Columns) {
    const Bfloat16* from = a + (p.a_at ? p.a_at[s] : s * kBf16Step);
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
  constexpr int64_t kRowBytes = sizeof(sums[0]);
  _tile_stored(0, sums[0], kRowBytes);
  if constexpr (P == 2) _tile_stored(1, sums[0] + kTile, kRowBytes);
  if constexpr (R == 2) _tile_stored(2, sums[kTile], kRowBytes);
  if constexpr (R == 2 && P == 2) _tile_stored(3, sums[kTile] + kTile, kRowBytes);
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
    const int64_t at = p.c_at ? p.c_at[row + r] : (row + r) * p.c_row;
    if (at < 0) continue;
    for (int v = 0; v < P; ++v) {
      float* c = p.c + at + column + v * kTile;
      __m512 x = _mm512_load_ps(sums[r] + v * kTile);
      if (p.accumulate) x = _mm512_add_ps(x, _mm512_maskz_loadu_ps(mask[v], c));
      _mm512_mask_storeu_ps(c, mask[v], x);
    }
  }
}

template <int P>
inline void multiply_panels(const Bf16Product& p, int64_t column) {
  alignas(64) Sums sums;
  for (int64_t row = 0; row < p.rows; row += 2 * kTile) {
    const int64_t rows = p.rows - row;
    if (rows > kTile) {
      multiply_block<2, P>(p, row, column, sums);
    } else {
      multiply_block<1, P>(p, row, column, sums);
    }
    store_block<P>(p, row, rows < 2 * kTile ? rows : 2 * kTile, column, sums);
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
