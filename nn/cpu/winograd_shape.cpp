#include "nn/cpu/winograd_shape.h"

#include <algorithm>

namespace tengen::nn {

WinogradShape winograd_shape(int64_t height, int64_t width, int64_t in, int64_t out, int64_t lanes,
                             int64_t max_images, int64_t wanted_rows) {
  WinogradShape best;
  for (const int64_t tile : {3, 4}) {
    WinogradShape s;
    s.height = height, s.width = width, s.in = in, s.out = out, s.lanes = lanes, s.tile = tile;
    s.tiles_y = (height + tile - 1) / tile;
    s.tiles_x = (width + tile - 1) / tile;
    if (best.tile == 0 || s.tiles() * s.elements() < best.tiles() * best.elements()) best = s;
  }
  best.images =
      std::clamp<int64_t>(wanted_rows / best.tiles(), 1, std::max<int64_t>(1, max_images));
  return best;
}

}  // namespace tengen::nn
