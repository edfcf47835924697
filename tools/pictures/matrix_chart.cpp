#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "tools/pictures/canvas.h"
#include "tools/pictures/chart.h"

namespace tengen::tools {
namespace {

constexpr double kLabel = 13;  // pixels of a row's or column's name

std::vector<std::string> names_or_numbers(std::vector<std::string> names, int64_t count) {
  if (names.empty())
    for (int64_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  CHECK(static_cast<int64_t>(names.size()) == count);
  return names;
}

double widest(const std::vector<std::string>& texts, const TextStyle& style) {
  double width = 0;
  for (const std::string& text : texts) width = std::max(width, Canvas::text_width(text, style));
  return width;
}

// What stands in the cells; nothing for zeros, so that what is not zero is seen.
std::vector<std::string> cell_texts(const nn::Tensor& values) {
  const auto all = values.values();
  const bool whole =
      std::all_of(all.begin(), all.end(), [](float x) { return x == std::floor(x); });
  std::vector<std::string> texts;
  for (const float value : all) {
    const bool shown = std::isfinite(value) && value >= (whole ? 1 : 0.005f);
    texts.push_back(shown ? fmt::format("{:.{}f}", value, whole ? 0 : 2) : "");
  }
  return texts;
}

// From white to a dark blue.
Colour shade(double share) {
  const Colour full{0.03, 0.27, 0.52};
  const auto mixed = [&](double end) { return 1 + (end - 1) * share; };
  return {mixed(full.red), mixed(full.green), mixed(full.blue)};
}

struct Table {
  double left, top;
  int cell;
  int64_t rows, columns;
  Point centre(int64_t row, int64_t column) const {
    return {left + (static_cast<double>(column) + 0.5) * cell,
            top + (static_cast<double>(row) + 0.5) * cell};
  }
};

void draw_cells(Canvas& canvas, const nn::Tensor& values, const Table& table, bool numbers) {
  const std::vector<std::string> texts = cell_texts(values);
  double greatest = 0;
  for (const float value : values.values())
    if (std::isfinite(value)) greatest = std::max<double>(greatest, value);
  const double needed = widest(texts, {.size = 1});
  const double size = std::min(13.0, needed > 0 ? 0.82 * table.cell / needed : 13.0);
  for (int64_t row = 0; row < table.rows; ++row) {
    for (int64_t column = 0; column < table.columns; ++column) {
      const int64_t i = row * table.columns + column;
      const float value = values.data()[i];
      const double share =
          greatest > 0 && std::isfinite(value) ? std::clamp(value / greatest, 0.0, 1.0) : 0.0;
      const Point centre = table.centre(row, column);
      const double half = table.cell / 2.0;
      canvas.rectangle({centre.x - half, centre.y - half}, table.cell, table.cell, shade(share));
      if (numbers)
        canvas.text(centre, texts[i],
                    {.size = size,
                     .colour = share > 0.5 ? Colour{1, 1, 1} : kInk,
                     .align = Align::kCentre});
    }
  }
  const double right = table.left + static_cast<double>(table.columns * table.cell);
  const double bottom = table.top + static_cast<double>(table.rows * table.cell);
  for (int64_t row = 0; row <= table.rows; ++row) {
    const double y = table.top + static_cast<double>(row * table.cell) + 0.5;
    canvas.line({{table.left, y}, {right, y}}, {.colour = kGridLine});
  }
  for (int64_t column = 0; column <= table.columns; ++column) {
    const double x = table.left + static_cast<double>(column * table.cell) + 0.5;
    canvas.line({{x, table.top}, {x, bottom}}, {.colour = kGridLine});
  }
}

}  // namespace

nn::Tensor matrix_chart(const nn::Tensor& values, const MatrixOptions& options) {
  CHECK(values.shape().rank() == 2);
  Table table{.left = 0,
              .top = 0,
              .cell = options.cell,
              .rows = values.shape()[0],
              .columns = values.shape()[1]};
  const auto rows = names_or_numbers(options.rows, table.rows);
  const auto columns = names_or_numbers(options.columns, table.columns);
  if (table.cell == 0)
    table.cell = static_cast<int>(
        std::clamp<int64_t>(560 / std::max({table.rows, table.columns, int64_t{1}}), 20, 56));

  const TextStyle label{.size = kLabel};
  const bool upright = widest(columns, label) <= table.cell - 6;  // side by side, or slanted
  constexpr double kSlant = -45;
  const double slanted_height = widest(columns, label) * std::sqrt(0.5) + 14;
  const double names_height = upright ? 26 : slanted_height;
  const double names_width = widest(rows, label) + 16;
  // A slanted name reaches to the left of its column.
  const double overhang = upright ? 0 : slanted_height - table.cell / 2.0;
  table.left = std::max(names_width + (options.y_label.empty() ? 8 : 34), overhang);
  const double title = options.title.empty() ? 16 : 52;
  table.top = title;
  const double width = static_cast<double>(table.columns * table.cell);
  const double height = static_cast<double>(table.rows * table.cell);
  const double needed = Canvas::text_width(options.title, {.size = 17, .bold = true}) + 32;
  Canvas canvas(
      static_cast<int>(std::max(table.left + width + 24, needed)),
      static_cast<int>(table.top + height + names_height + (options.x_label.empty() ? 12 : 40)));

  draw_cells(canvas, values, table, options.numbers);
  for (int64_t i = 0; i < table.rows; ++i)
    canvas.text({table.left - 8, table.centre(i, 0).y}, rows[i],
                {.size = kLabel, .align = Align::kRight});
  for (int64_t i = 0; i < table.columns; ++i) {
    const double x = table.centre(0, i).x, y = table.top + height;
    if (upright)
      canvas.text({x, y + 14}, columns[i], {.size = kLabel, .align = Align::kCentre});
    else
      canvas.text({x + 5, y + 9}, columns[i],
                  {.size = kLabel, .align = Align::kRight, .turn = kSlant});
  }
  canvas.text({std::max(needed / 2, table.left + width / 2), 26}, options.title,
              {.size = 17, .bold = true, .align = Align::kCentre});
  canvas.text({table.left + width / 2, table.top + height + names_height + 16}, options.x_label,
              {.colour = kQuietInk, .align = Align::kCentre});
  canvas.text({18, table.top + height / 2}, options.y_label,
              {.colour = kQuietInk, .align = Align::kCentre, .turn = -90});
  return canvas.pixels();
}

}  // namespace tengen::tools
