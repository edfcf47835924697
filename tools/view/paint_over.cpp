#include <algorithm>

#include "tools/view/colours.h"
#include "tools/view/paint.h"

namespace tengen::tools::view {

void paint_banner(Canvas& canvas, const Layout& layout, const std::string& text) {
  const double height = 30 * layout.unit;
  canvas.rectangle({0, 0}, layout.window.width, height, faded(kWarning, 0.94));
  canvas.text({12 * layout.unit, height / 2}, text,
              {.size = 13 * layout.unit, .bold = true, .colour = {1, 1, 1}});
}

void paint_help(Canvas& canvas, const Layout& layout, const std::vector<HelpLine>& help) {
  const double unit = layout.unit, step = 22 * unit;
  canvas.rectangle({0, 0}, layout.window.width, layout.window.height, {0, 0, 0, 0.55});
  const auto rows = static_cast<double>((help.size() + 1) / 2);
  const double width = std::min(layout.window.width - 20 * unit, 820 * unit);
  const double height = std::min(layout.window.height - 20 * unit, rows * step + 70 * unit);
  const Point corner{(layout.window.width - width) / 2, (layout.window.height - height) / 2};
  canvas.rounded_rectangle(corner, width, height, 10 * unit, kRaised);
  canvas.text({corner.x + 20 * unit, corner.y + 24 * unit}, "Keys and mouse",
              {.size = 17 * unit, .bold = true, .colour = kLight});
  for (size_t i = 0; i < help.size(); ++i) {
    const size_t column = i < static_cast<size_t>(rows) ? 0 : 1;
    const double x = corner.x + 20 * unit + static_cast<double>(column) * width / 2;
    const double y =
        corner.y + 58 * unit + step * static_cast<double>(i - column * static_cast<size_t>(rows));
    canvas.text({x, y}, help[i].keys, {.size = 12.5 * unit, .bold = true, .colour = kSecondSide});
    canvas.text({x + 118 * unit, y}, help[i].what, {.size = 12.5 * unit, .colour = kLight});
  }
}

}  // namespace tengen::tools::view
