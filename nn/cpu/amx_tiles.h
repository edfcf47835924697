// The tiles of AMX. For the files compiled for it alone.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace tengen::nn {
namespace {

struct alignas(64) TileConfig {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
// In memory that is written before the program runs: g++ 12 takes ldtilecfg to read eight bytes,
// and may leave out the others.
constexpr TileConfig kFullTiles;

// The thread's tiles, all of full size, while one lives: without them, it has none to save when it
// is interrupted.
class Tiles {
 public:
  Tiles() { _tile_loadconfig(&kFullTiles); }
  ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
};

}  // namespace
}  // namespace tengen::nn
