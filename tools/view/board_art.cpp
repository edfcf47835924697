#include <cmath>

#include "nn/base/rng.h"
#include "tools/view/paint.h"

namespace tengen::tools::view {
namespace {

// Growth rings cut lengthwise: waves across, bent slowly along, with fine fibres.
Colour wood_at(double x, double y) {
  const double bend = 0.35 * std::sin(y * 0.9) + 0.15 * std::sin(y * 2.3 + 1.0);
  const double rings = std::sin((x + bend) * 9.0) * 0.5 + std::sin((x + bend) * 23.0 + 1.7) * 0.3;
  const auto fibre_hash = mix64(static_cast<uint64_t>((x + 10.0) * 900.0));
  const double fibre = static_cast<double>(fibre_hash % 1000) / 1000.0 - 0.5;
  const double shade = 0.018 * rings + 0.022 * fibre + 0.006 * std::sin(y * 31.0 + x * 7.0);
  return {0.865 + shade, 0.700 + shade, 0.445 + shade};
}

Canvas make_wood(int width, int height) {
  Canvas wood = Canvas::transparent(width, height);
  const double scale = 1.0 / std::max(width, height);
  wood.shade([&](int x, int y) { return wood_at(x * scale * 4.0, y * scale * 4.0); });
  return wood;
}

Canvas make_stone(double radius, const Colour& lit, const Colour& rim) {
  const int side = static_cast<int>(std::ceil(radius * 2.5)) + 2;
  const Point centre{side / 2.0, side / 2.0};
  Canvas stone = Canvas::transparent(side, side);
  stone.ball({centre.x + radius * 0.08, centre.y + radius * 0.12}, radius * 1.12,
             {centre.x + radius * 0.08, centre.y + radius * 0.12}, {0, 0, 0, 0.55}, {0, 0, 0, 0});
  stone.ball(centre, radius, {centre.x - radius * 0.35, centre.y - radius * 0.4}, lit, rim);
  return stone;
}

}  // namespace

BoardArt::BoardArt(int wood_width, int wood_height, double cell)
    : wood_width_(wood_width),
      wood_height_(wood_height),
      cell_(cell),
      radius_(cell * 0.475),
      wood_(make_wood(wood_width, wood_height)),
      black_(make_stone(radius_, {0.36, 0.37, 0.39}, {0.04, 0.04, 0.05})),
      white_(make_stone(radius_, {1.0, 1.0, 0.99}, {0.80, 0.79, 0.76})) {}

bool BoardArt::fits(int wood_width, int wood_height, double cell) const {
  return wood_width == wood_width_ && wood_height == wood_height_ && cell == cell_;
}

void BoardArt::stone(Canvas& canvas, Point centre, int player, double opacity) const {
  const Canvas& stone = player == 1 ? black_ : white_;
  canvas.paste(
      stone,
      {std::round(centre.x - stone.width() / 2.0), std::round(centre.y - stone.height() / 2.0)},
      opacity);
}

}  // namespace tengen::tools::view
