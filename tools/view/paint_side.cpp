#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/view/colours.h"
#include "tools/view/paint.h"

namespace tengen::tools::view {
namespace {

constexpr double kLetters = 13;  // units of a line's letters

void paint_frame(Canvas& canvas, const Rect& rect, double unit) {
  canvas.rounded_rectangle(rect.corner(), rect.width, rect.height, 6 * unit, kRaised);
}

void paint_dot(Canvas& canvas, Point centre, double radius, int stone) {
  canvas.dot(centre, radius, stone == 1 ? Colour{0.03, 0.03, 0.04} : kLight);
  canvas.ring(centre, radius, {kSoft, 1.0});
}

TextStyle style_of(PanelLine::Kind kind, double unit) {
  switch (kind) {
    case PanelLine::Kind::kTitle:
      return {.size = 17 * unit, .bold = true, .colour = kLight};
    case PanelLine::Kind::kStrong:
      return {.size = kLetters * unit, .bold = true, .colour = kSecondSide};
    case PanelLine::Kind::kQuiet:
      return {.size = 12 * unit, .colour = kSoft};
    case PanelLine::Kind::kText:
      break;
  }
  return {.size = kLetters * unit, .colour = kLight};
}

// As much of the text as fits, with an ellipsis where it does not.
std::string fitting(std::string text, const TextStyle& style, double width) {
  if (Canvas::text_width(text, style) <= width) return text;
  while (!text.empty() && Canvas::text_width(text + "…", style) > width) {
    do text.pop_back();
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80);
  }
  return text + "…";
}

std::vector<std::string> wrapped(const std::string& text, const TextStyle& style, double width,
                                 size_t most) {
  std::vector<std::string> lines;
  std::string line;
  size_t at = 0;
  while (at < text.size() && lines.size() < most) {
    const size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string word = text.substr(at, end - at);
    const std::string longer = line.empty() ? word : line + " " + word;
    if (!line.empty() && Canvas::text_width(longer, style) > width) {
      lines.push_back(line);
      line = word;
    } else {
      line = longer;
    }
    if (end < text.size() && text[end] == '\n') {
      lines.push_back(line);
      line.clear();
    }
    at = end + 1;
  }
  if (!line.empty() && lines.size() < most) lines.push_back(line);
  return lines;
}

// A curve over its columns, broken where there is no number.
template <class Value>
void paint_values(Canvas& canvas, const Rect& rect, size_t columns, const Stroke& stroke,
                  const Value& value) {
  std::vector<Point> piece;
  const auto finish = [&] {
    if (piece.size() == 1) canvas.dot(piece[0], stroke.width, stroke.colour);
    if (piece.size() > 1) canvas.line(piece, stroke);
    piece.clear();
  };
  for (size_t i = 0; i < columns; ++i) {
    const std::optional<double> height = value(i);
    if (!height) {
      finish();
      continue;
    }
    const double x = rect.x + rect.width * static_cast<double>(i) /
                                  static_cast<double>(std::max<size_t>(1, columns - 1));
    piece.push_back({x, rect.y + rect.height * (1 - std::clamp(*height, 0.0, 1.0))});
  }
  finish();
}

}  // namespace

void paint_panel(Canvas& canvas, const Rect& rect, const std::vector<PanelLine>& lines,
                 double unit) {
  paint_frame(canvas, rect, unit);
  const Canvas::Clip clip(canvas, rect.corner(), rect.width, rect.height);
  double y = rect.y + 18 * unit;
  for (const PanelLine& line : lines) {
    const TextStyle style = style_of(line.kind, unit);
    double x = rect.x + 12 * unit;
    if (line.stone != 0) {
      paint_dot(canvas, {x + 6 * unit, y}, 6 * unit, line.stone);
      x += 20 * unit;
    }
    canvas.text({x, y}, fitting(line.text, style, rect.x + rect.width - x - 8 * unit), style);
    y += style.size * 1.55;
  }
}

void paint_comment(Canvas& canvas, const Rect& rect, const std::string& text, double unit) {
  paint_frame(canvas, rect, unit);
  const TextStyle style{.size = kLetters * unit, .colour = kLight};
  const Rect inside = rect.inset(10 * unit);
  const double step = style.size * 1.4;
  const auto most = static_cast<size_t>(std::max(1.0, std::floor(inside.height / step)));
  double y = inside.y + style.size * 0.6;
  for (const std::string& line : wrapped(text, style, inside.width, most)) {
    canvas.text({inside.x, y}, line, style);
    y += step;
  }
}

void paint_graph(Canvas& canvas, const Rect& rect, const GraphScene& graph, double unit) {
  paint_frame(canvas, rect, unit);
  const TextStyle quiet{.size = 11 * unit, .colour = kSoft};
  const Rect plot{rect.x + 12 * unit, rect.y + 24 * unit, rect.width - 24 * unit,
                  rect.height - 34 * unit};
  canvas.text({plot.x, rect.y + 12 * unit}, "Black's chance",
              {.size = 11 * unit, .colour = kFirstSide});
  canvas.text({plot.x + plot.width, rect.y + 12 * unit}, "points ahead",
              {.size = 11 * unit, .colour = kSecondSide, .align = Align::kRight});
  const double middle = plot.y + plot.height / 2;
  for (const double share : {0.0, 0.5, 1.0})
    canvas.line({{plot.x, plot.y + share * plot.height},
                 {plot.x + plot.width, plot.y + share * plot.height}},
                {kFaint, 1.0});
  double widest = 10;  // points at the upper edge
  for (const auto& score : graph.score)
    if (score) widest = std::max<double>(widest, std::abs(*score));
  paint_values(canvas, plot, graph.score.size(), {faded(kSecondSide, 0.9), 1.5 * unit},
               [&](size_t i) -> std::optional<double> {
                 if (!graph.score[i]) return std::nullopt;
                 return 0.5 + *graph.score[i] / (2 * widest);
               });
  paint_values(canvas, plot, graph.win_rate.size(), {kFirstSide, 2 * unit},
               [&](size_t i) -> std::optional<double> { return graph.win_rate[i]; });
  if (graph.win_rate.size() > 1) {
    const double x =
        plot.x + plot.width * graph.now / static_cast<double>(graph.win_rate.size() - 1);
    canvas.line({{x, plot.y}, {x, plot.y + plot.height}}, {faded(kLight, 0.6), 1.0});
  }
  canvas.text({plot.x + plot.width, plot.y + 7 * unit}, fmt::format("+{:.0f}", widest),
              {.size = 10 * unit, .colour = kSoft, .align = Align::kRight});
  canvas.text({plot.x, middle - 7 * unit}, "50 %", quiet);
}

void paint_curve(Canvas& canvas, const Rect& rect, const WallCurve& curve, double unit) {
  paint_frame(canvas, rect, unit);
  canvas.text({rect.x + 12 * unit, rect.y + 14 * unit}, curve.title,
              {.size = 12 * unit, .bold = true, .colour = kLight});
  if (curve.values.empty()) return;
  const auto [least, greatest] = std::minmax_element(curve.values.begin(), curve.values.end());
  const double low = *least, high = *greatest, span = high > low ? high - low : 1.0;
  const Rect plot{rect.x + 12 * unit, rect.y + 30 * unit, rect.width - 24 * unit,
                  rect.height - 42 * unit};
  paint_values(canvas, plot, curve.values.size(), {kFirstSide, 2 * unit},
               [&](size_t i) -> std::optional<double> { return (curve.values[i] - low) / span; });
  const TextStyle quiet{.size = 11 * unit, .colour = kSoft, .align = Align::kRight};
  const double right = rect.x + rect.width - 12 * unit;
  canvas.text({right, rect.y + 14 * unit}, fmt::format("now {:.4g}", curve.values.back()), quiet);
  canvas.text({right, plot.y + 6 * unit}, fmt::format("{:.4g}", high), quiet);
  canvas.text({right, plot.y + plot.height - 4 * unit}, fmt::format("{:.4g}", low), quiet);
}

void paint_tree(Canvas& canvas, const Rect& rect, const TreeScene& tree, double unit) {
  paint_frame(canvas, rect, unit);
  const Rect inside = rect.inset(6 * unit);
  const Canvas::Clip clip(canvas, inside.corner(), inside.width, inside.height);
  const TreeGrid grid = tree_grid(inside, tree, unit);
  const auto at = [&](int column, int row) { return grid.centre(inside, column, row); };
  // By column: those on the screen are one stretch of the list.
  const auto column_before = [](const TreeDot& dot, int column) { return dot.column < column; };
  const auto begin =
      std::lower_bound(tree.dots.begin(), tree.dots.end(), grid.first_column, column_before);
  const auto end =
      std::lower_bound(begin, tree.dots.end(), grid.first_column + grid.columns + 1, column_before);
  for (auto dot = begin; dot != end; ++dot) {
    if (dot->parent_row < 0) continue;
    const Point from = at(dot->column - 1, dot->parent_row), to = at(dot->column, dot->row);
    if (dot->parent_row == dot->row)
      canvas.line({from, to}, {kFaint, 1.5 * unit});
    else
      canvas.line({from, {from.x, to.y - grid.step * 0.5}, {to.x, to.y}}, {kFaint, 1.5 * unit});
  }
  for (auto dot = begin; dot != end; ++dot) {
    if (!grid.shows(dot->column, dot->row)) continue;
    const Point centre = at(dot->column, dot->row);
    if (dot->column == tree.now_column && dot->row == tree.now_row)
      canvas.rounded_rectangle({centre.x - grid.step / 2, centre.y - grid.step / 2}, grid.step,
                               grid.step, 4 * unit, faded(kSecondSide, 0.7));
    if (dot->stone == 0)
      canvas.rectangle({centre.x - 4 * unit, centre.y - 4 * unit}, 8 * unit, 8 * unit, kSoft);
    else
      paint_dot(canvas, centre, 6.5 * unit, dot->stone);
    if (dot->comment)
      canvas.dot({centre.x + 6 * unit, centre.y - 6 * unit}, 2.5 * unit, kFirstSide);
  }
}

void paint_timeline(Canvas& canvas, const Rect& rect, int moves, int move, double unit) {
  const double y = rect.y + rect.height / 2;
  const double share = moves > 0 ? static_cast<double>(move) / moves : 0.0;
  canvas.line({{rect.x, y}, {rect.x + rect.width, y}}, {kFaint, 4 * unit});
  canvas.line({{rect.x, y}, {rect.x + rect.width * share, y}}, {kSoft, 4 * unit});
  canvas.dot({rect.x + rect.width * share, y}, 7 * unit, kLight);
}

}  // namespace tengen::tools::view
