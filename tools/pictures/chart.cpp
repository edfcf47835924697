#include "tools/pictures/chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/base/check.h"
#include "tools/pictures/canvas.h"
#include "tools/pictures/ticks.h"

namespace tengen::tools {
namespace {

constexpr TextStyle kTitle{.size = 17, .bold = true, .align = Align::kCentre};
constexpr double kLegendSample = 26;  // pixels of line before a name

// One axis: from numbers to shares of its length.
class Axis {
 public:
  // `whole`: it counts something, and has no ticks between whole numbers.
  Axis(double least, double greatest, bool log, bool whole)
      : least_(least), greatest_(greatest), log_(log), whole_(whole) {}

  double share(double value) const {
    return (placed(value) - placed(least_)) / (placed(greatest_) - placed(least_));
  }
  bool shows(double value) const { return std::isfinite(value) && (!log_ || value > 0); }
  std::vector<Tick> ticks(int wanted) const {
    if (log_) return log_ticks(least_, greatest_);
    if (whole_) wanted = std::clamp(static_cast<int>(greatest_ - least_), 1, wanted);
    return linear_ticks(least_, greatest_, wanted);
  }

 private:
  double placed(double value) const { return log_ ? std::log(value) : value; }
  double least_, greatest_;
  bool log_, whole_;
};

// What the numbers need, and `margin` of it more on both sides where no end is given.
Axis fitting_axis(const std::vector<Curve>& curves, std::vector<double> Curve::*numbers, bool log,
                  double margin, std::optional<double> least, std::optional<double> greatest) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool whole = true;
  for (const Curve& curve : curves) {
    for (const double value : curve.*numbers) {
      if (!std::isfinite(value) || (log && value <= 0)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
      whole = whole && value == std::floor(value);
    }
  }
  if (low > high) low = high = log ? 1 : 0;
  if (low == high) {
    low = log ? low / 2 : low - std::max(0.5, std::abs(low) / 10);
    high = log ? high * 2 : high + std::max(0.5, std::abs(high) / 10);
  }
  const double space = log ? std::pow(high / low, margin) : (high - low) * margin;
  low = log ? low / space : low - space;
  high = log ? high * space : high + space;
  low = least.value_or(low);
  high = greatest.value_or(high);
  if (!(low < high)) high = log ? low * 2 : low + 1;
  return {low, high, log, whole};
}

double widest(const std::vector<Tick>& ticks) {
  double width = 0;
  for (const Tick& tick : ticks) width = std::max(width, Canvas::text_width(tick.label));
  return width;
}

// The part of the picture that the curves have for themselves.
struct Plot {
  double left, top, width, height;
  Axis x, y;
  Point at(double x_value, double y_value) const {
    return {left + width * x.share(x_value), top + height * (1 - y.share(y_value))};
  }
};

Plot plot_of(const std::vector<Curve>& curves, const ChartOptions& options) {
  const Axis x = fitting_axis(curves, &Curve::x, options.log_x, 0.0, {}, {});
  const Axis y =
      fitting_axis(curves, &Curve::y, options.log_y, 0.04, options.y_least, options.y_greatest);
  double names = 0;
  for (const Curve& curve : curves)
    if (!curve.name.empty()) names = std::max(names, Canvas::text_width(curve.name));
  const double left = 24 + widest(y.ticks(7)) + (options.y_label.empty() ? 0 : 24);
  const double right = names > 0 ? names + kLegendSample + 36 : 28;
  const double top = options.title.empty() ? 20 : 52;
  const double bottom = options.x_label.empty() ? 36 : 60;
  return {left,
          top,
          std::max(80.0, options.width - left - right),
          std::max(60.0, options.height - top - bottom),
          x,
          y};
}

void draw_frame(Canvas& canvas, const Plot& plot, const ChartOptions& options) {
  const double bottom = plot.top + plot.height, right = plot.left + plot.width;
  for (const Tick& tick : plot.y.ticks(7)) {
    const double y = std::round(plot.top + plot.height * (1 - plot.y.share(tick.value))) + 0.5;
    canvas.line({{plot.left, y}, {right, y}}, {.colour = kGridLine});
    canvas.text({plot.left - 8, y}, tick.label, {.colour = kQuietInk, .align = Align::kRight});
  }
  for (const Tick& tick : plot.x.ticks(9)) {
    const double x = std::round(plot.left + plot.width * plot.x.share(tick.value)) + 0.5;
    canvas.line({{x, plot.top}, {x, bottom}}, {.colour = kGridLine});
    canvas.text({x, bottom + 15}, tick.label, {.colour = kQuietInk, .align = Align::kCentre});
  }
  canvas.line({{plot.left, bottom}, {right, bottom}}, {.colour = kQuietInk});
  canvas.text({plot.left + plot.width / 2, 26}, options.title, kTitle);
  canvas.text({plot.left + plot.width / 2, bottom + 40}, options.x_label,
              {.align = Align::kCentre});
  canvas.text({18, plot.top + plot.height / 2}, options.y_label,
              {.align = Align::kCentre, .turn = -90});
}

Stroke stroke_of(size_t index) {
  constexpr double kWidth = 2;
  const std::vector<std::vector<double>> dashes{{}, {7, 4}, {2, 3}};
  return {curve_colour(index), kWidth, dashes[index / 8 % dashes.size()]};
}

void draw_curve(Canvas& canvas, const Plot& plot, const Curve& curve, size_t index) {
  Colour paler = curve_colour(index);
  paler.opacity = 0.65;
  std::vector<Point> piece;
  const auto finish_piece = [&] {
    if (piece.size() == 1) canvas.dot(piece[0], 3, curve_colour(index));
    if (piece.size() > 1) canvas.line(piece, stroke_of(index));
    piece.clear();
  };
  for (size_t i = 0; i < curve.x.size(); ++i) {
    const bool shown = plot.x.shows(curve.x[i]) && plot.y.shows(curve.y[i]);
    if (!shown) finish_piece();
    if (shown && curve.points) canvas.dot(plot.at(curve.x[i], curve.y[i]), 3, paler);
    if (shown && !curve.points) piece.push_back(plot.at(curve.x[i], curve.y[i]));
  }
  finish_piece();
}

// Beside the curves, where it covers none.
void draw_legend(Canvas& canvas, const Plot& plot, const std::vector<Curve>& curves) {
  const double left = plot.left + plot.width + 16;
  double y = plot.top + 10;
  for (size_t i = 0; i < curves.size(); ++i) {
    if (curves[i].name.empty()) continue;
    if (curves[i].points)
      canvas.dot({left + kLegendSample / 2, y}, 3.5, curve_colour(i));
    else
      canvas.line({{left, y}, {left + kLegendSample, y}}, stroke_of(i));
    canvas.text({left + kLegendSample + 8, y}, curves[i].name);
    y += 22;
  }
}

}  // namespace

nn::Tensor line_chart(const std::vector<Curve>& curves, const ChartOptions& options) {
  for (const Curve& curve : curves) CHECK(curve.x.size() == curve.y.size());
  Canvas canvas(options.width, options.height);
  const Plot plot = plot_of(curves, options);
  draw_frame(canvas, plot, options);
  {
    const Canvas::Clip clip(canvas, {plot.left, plot.top - 4}, plot.width + 4, plot.height + 8);
    for (size_t i = 0; i < curves.size(); ++i) draw_curve(canvas, plot, curves[i], i);
  }
  draw_legend(canvas, plot, curves);
  return canvas.pixels();
}

}  // namespace tengen::tools
