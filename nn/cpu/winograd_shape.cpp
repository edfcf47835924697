#include "nn/cpu/winograd_shape.h"

#include <algorithm>

namespace tengen::nn {

WinogradShape with_tiles(WinogradShape shape, int64_t max_images, int64_t wanted_rows) {
  WinogradShape best;
  for (const int64_t tile : {3, 4}) {
    if (shape.kernel == 5 && tile != 4) continue;
    WinogradShape s = shape;
    s.tile = tile;
    s.tiles_y = (s.out_height() + tile - 1) / tile;
    s.tiles_x = (s.out_width() + tile - 1) / tile;
    if (best.tile == 0 || s.tiles() * s.elements() < best.tiles() * best.elements()) best = s;
  }
  best.images =
      std::clamp<int64_t>(wanted_rows / best.tiles(), 1, std::max<int64_t>(1, max_images));
  return best;
}

}  // namespace tengen::nn
