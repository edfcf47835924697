#include "tools/pictures/image_grid.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "tools/pictures/canvas.h"

namespace tengen::tools {
namespace {

constexpr TextStyle kTitle{.size = 17, .bold = true, .align = Align::kCentre};
constexpr TextStyle kCaption{.size = 12, .align = Align::kCentre};
constexpr int64_t kWantedHeight = 84;  // pixels of an image whose scale is left open
constexpr double kGap = 12;

}  // namespace

nn::Tensor image_grid(const std::vector<GridImage>& images, const GridOptions& options) {
  int64_t height = 1, width = 1;
  double caption_width = 0;
  for (const GridImage& image : images) {
    height = std::max(height, image.pixels.shape()[0]);
    width = std::max(width, image.pixels.shape()[1]);
    caption_width = std::max(caption_width, Canvas::text_width(image.caption, kCaption));
  }
  const int scale =
      options.scale > 0
          ? options.scale
          : static_cast<int>(std::max<int64_t>(1, (kWantedHeight + height / 2) / height));
  const auto count = static_cast<int>(images.size());
  const int columns = std::max(
      1, options.columns > 0 ? std::min(options.columns, count)
                             : static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count)))));
  const int rows = (count + columns - 1) / columns;

  const double title = options.title.empty() ? kGap : 48;
  const double cell_width = std::max(static_cast<double>(width * scale), caption_width) + kGap;
  const double cell_height =
      static_cast<double>(height * scale) + (caption_width > 0 ? 20 : 0) + kGap;
  const double needed = Canvas::text_width(options.title, kTitle) + 32;
  const double whole = columns * cell_width + kGap;
  Canvas canvas(static_cast<int>(std::max(whole, needed)),
                static_cast<int>(title + rows * cell_height + kGap / 2));
  const double left = (std::max(whole, needed) - columns * cell_width) / 2;
  canvas.text({std::max(whole, needed) / 2, 24}, options.title, kTitle);
  for (int i = 0; i < count; ++i) {
    const nn::Tensor& pixels = images[i].pixels;
    const auto shown_width = static_cast<double>(pixels.shape()[1] * scale);
    const auto shown_height = static_cast<double>(pixels.shape()[0] * scale);
    const double centre = left + (i % columns + 0.5) * cell_width;
    const Point corner{std::round(centre - shown_width / 2),
                       std::round(title + i / columns * cell_height)};
    canvas.rectangle({corner.x - 1, corner.y - 1}, shown_width + 2, shown_height + 2, kGridLine);
    canvas.image(corner, pixels, scale);
    canvas.text({centre, corner.y + static_cast<double>(height * scale) + 12}, images[i].caption,
                kCaption);
  }
  return canvas.pixels();
}

nn::Tensor stretched(const nn::Tensor& x) {
  const auto [least, greatest] = std::minmax_element(x.values().begin(), x.values().end());
  nn::Tensor result = x.clone();
  const float low = *least, range = *greatest - *least;
  for (float& value : result.values()) value = range > 0 ? (value - low) / range : 0.5f;
  return result;
}

}  // namespace tengen::tools
