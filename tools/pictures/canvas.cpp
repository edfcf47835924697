#include "tools/pictures/canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "nn/base/check.h"
#include "nn/data/text.h"

namespace tengen::tools {
namespace {

// cairo refuses a text that is no UTF-8 as a whole, and draws nothing from then on.
std::string shown_as_utf8(std::string text) {
  try {
    nn::split_characters(text);
  } catch (const Error&) {
    for (char& byte : text)
      if (static_cast<unsigned char>(byte) >= 0x80) byte = '?';
  }
  return text;
}

void choose_font(cairo_t* cairo, const TextStyle& style) {
  cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo, style.size);
}

void choose_colour(cairo_t* cairo, const Colour& colour) {
  cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue, colour.opacity);
}

}  // namespace

Colour curve_colour(size_t index) {
  constexpr std::array<Colour, 8> kColours{{{0.00, 0.45, 0.70},    // blue
                                            {0.84, 0.37, 0.00},    // vermilion
                                            {0.00, 0.62, 0.45},    // bluish green
                                            {0.80, 0.47, 0.65},    // reddish purple
                                            {0.90, 0.62, 0.00},    // orange
                                            {0.34, 0.71, 0.91},    // sky blue
                                            {0.00, 0.00, 0.00},    // black
                                            {0.94, 0.89, 0.26}}};  // yellow
  return kColours[index % kColours.size()];
}

Canvas::Canvas(cairo_surface_t* surface) : surface_(surface), cairo_(cairo_create(surface)) {
  cairo_set_line_join(cairo_.get(), CAIRO_LINE_JOIN_ROUND);
}

Canvas::Canvas(int width, int height)
    : Canvas(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)) {
  CHECK(width > 0);
  CHECK(height > 0);
  rectangle({0, 0}, width, height, {1, 1, 1});
}

Canvas Canvas::transparent(int width, int height) {
  return Canvas(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height));
}

int Canvas::width() const { return cairo_image_surface_get_width(surface_.get()); }
int Canvas::height() const { return cairo_image_surface_get_height(surface_.get()); }
int Canvas::stride() const { return cairo_image_surface_get_stride(surface_.get()); }

const unsigned char* Canvas::rows() const {
  cairo_surface_flush(surface_.get());
  return cairo_image_surface_get_data(surface_.get());
}

void Canvas::rectangle(Point corner, double width, double height, const Colour& colour) {
  choose_colour(cairo_.get(), colour);
  cairo_rectangle(cairo_.get(), corner.x, corner.y, width, height);
  cairo_fill(cairo_.get());
}

void Canvas::line(const std::vector<Point>& points, const Stroke& stroke) {
  choose_colour(cairo_.get(), stroke.colour);
  cairo_set_line_width(cairo_.get(), stroke.width);
  cairo_set_dash(cairo_.get(), stroke.dash.data(), static_cast<int>(stroke.dash.size()), 0);
  for (const Point& point : points) cairo_line_to(cairo_.get(), point.x, point.y);
  cairo_stroke(cairo_.get());
}

void Canvas::dot(Point centre, double radius, const Colour& colour) {
  choose_colour(cairo_.get(), colour);
  cairo_arc(cairo_.get(), centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  cairo_fill(cairo_.get());
}

void Canvas::rounded_rectangle(Point corner, double width, double height, double radius,
                               const Colour& colour) {
  constexpr double kQuarter = std::numbers::pi / 2;
  cairo_t* cairo = cairo_.get();
  const double right = corner.x + width - radius, bottom = corner.y + height - radius;
  const double left = corner.x + radius, top = corner.y + radius;
  choose_colour(cairo, colour);
  cairo_arc(cairo, right, top, radius, -kQuarter, 0);
  cairo_arc(cairo, right, bottom, radius, 0, kQuarter);
  cairo_arc(cairo, left, bottom, radius, kQuarter, 2 * kQuarter);
  cairo_arc(cairo, left, top, radius, 2 * kQuarter, 3 * kQuarter);
  cairo_fill(cairo);
}

void Canvas::ring(Point centre, double radius, const Stroke& stroke) {
  choose_colour(cairo_.get(), stroke.colour);
  cairo_set_line_width(cairo_.get(), stroke.width);
  cairo_set_dash(cairo_.get(), stroke.dash.data(), static_cast<int>(stroke.dash.size()), 0);
  cairo_arc(cairo_.get(), centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  cairo_stroke(cairo_.get());
}

void Canvas::polygon(const std::vector<Point>& corners, const Colour& colour) {
  choose_colour(cairo_.get(), colour);
  for (const Point& corner : corners) cairo_line_to(cairo_.get(), corner.x, corner.y);
  cairo_fill(cairo_.get());
}

void Canvas::ball(Point centre, double radius, Point light, const Colour& lit, const Colour& rim) {
  struct FreePattern {
    void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
  };
  const std::unique_ptr<cairo_pattern_t, FreePattern> pattern(
      cairo_pattern_create_radial(light.x, light.y, 0, centre.x, centre.y, radius));
  cairo_pattern_add_color_stop_rgba(pattern.get(), 0, lit.red, lit.green, lit.blue, lit.opacity);
  cairo_pattern_add_color_stop_rgba(pattern.get(), 1, rim.red, rim.green, rim.blue, rim.opacity);
  cairo_set_source(cairo_.get(), pattern.get());
  cairo_arc(cairo_.get(), centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  cairo_fill(cairo_.get());
}

void Canvas::shade(const std::function<Colour(int x, int y)>& colour) {
  cairo_surface_flush(surface_.get());
  unsigned char* rows = cairo_image_surface_get_data(surface_.get());
  const auto level = [](double part) {
    return static_cast<uint32_t>(std::lround(std::clamp(part, 0.0, 1.0) * 255));
  };
  for (int y = 0; y < height(); ++y) {
    auto* row = reinterpret_cast<uint32_t*>(rows + static_cast<ptrdiff_t>(y) * stride());
    for (int x = 0; x < width(); ++x) {
      const Colour c = colour(x, y);
      row[x] = 0xFF000000u | level(c.red) << 16 | level(c.green) << 8 | level(c.blue);
    }
  }
  cairo_surface_mark_dirty(surface_.get());
}

void Canvas::paste(const Canvas& other, Point corner, double opacity) {
  cairo_set_source_surface(cairo_.get(), other.surface_.get(), corner.x, corner.y);
  cairo_paint_with_alpha(cairo_.get(), opacity);
}

void Canvas::text(Point at, const std::string& text, const TextStyle& style) {
  const std::string shown = shown_as_utf8(text);
  choose_font(cairo_.get(), style);
  choose_colour(cairo_.get(), style.colour);
  const double share = style.align == Align::kLeft     ? 0.0
                       : style.align == Align::kCentre ? 0.5
                                                       : 1.0;
  constexpr double kHalfLetter = 0.36;  // half a capital letter of DejaVu Sans, in its size
  cairo_save(cairo_.get());
  cairo_translate(cairo_.get(), at.x, at.y);
  cairo_rotate(cairo_.get(), style.turn * std::numbers::pi / 180);
  cairo_move_to(cairo_.get(), -share * text_width(text, style), kHalfLetter * style.size);
  cairo_show_text(cairo_.get(), shown.c_str());
  cairo_new_path(cairo_.get());  // the text's end would be the beginning of the next line
  cairo_restore(cairo_.get());
}

void Canvas::image(Point corner, const nn::Tensor& pixels, int scale) {
  const nn::Shape& shape = pixels.shape();
  CHECK((shape.rank() == 2 || shape.rank() == 3));
  const int64_t channels = shape.rank() == 3 ? shape[2] : 1;
  CHECK((channels == 1 || channels == 3));
  const float* values = pixels.data();
  const auto level = [](float x) { return std::isnan(x) ? 0.0 : std::clamp<double>(x, 0, 1); };
  cairo_save(cairo_.get());
  cairo_set_antialias(cairo_.get(), CAIRO_ANTIALIAS_NONE);
  for (int64_t y = 0; y < shape[0]; ++y) {
    for (int64_t x = 0; x < shape[1]; ++x) {
      const float* pixel = values + (y * shape[1] + x) * channels;
      rectangle(
          {corner.x + static_cast<double>(x * scale), corner.y + static_cast<double>(y * scale)},
          scale, scale,
          {level(pixel[0]), level(pixel[channels == 3 ? 1 : 0]),
           level(pixel[channels == 3 ? 2 : 0])});
    }
  }
  cairo_restore(cairo_.get());
}

Canvas::Clip::Clip(Canvas& canvas, Point corner, double width, double height) : canvas_(canvas) {
  cairo_save(canvas_.cairo_.get());
  cairo_rectangle(canvas_.cairo_.get(), corner.x, corner.y, width, height);
  cairo_clip(canvas_.cairo_.get());
}

Canvas::Clip::~Clip() { cairo_restore(canvas_.cairo_.get()); }

nn::Tensor Canvas::pixels() const {
  const cairo_status_t status = cairo_status(cairo_.get());
  if (status != CAIRO_STATUS_SUCCESS)
    throw Error(std::string("picture: cairo: ") + cairo_status_to_string(status));
  const unsigned char* bytes = rows();
  nn::Tensor result(nn::Shape{height(), width(), 3});
  float* out = result.data();
  for (int y = 0; y < height(); ++y) {
    const auto* row =
        reinterpret_cast<const uint32_t*>(bytes + static_cast<ptrdiff_t>(y) * stride());
    for (int x = 0; x < width(); ++x) {
      for (int shift = 16; shift >= 0; shift -= 8)
        *out++ = static_cast<float>((row[x] >> shift) & 0xFF) / 255.0f;
    }
  }
  return result;
}

double Canvas::text_width(const std::string& text, const TextStyle& style) {
  thread_local const std::unique_ptr<cairo_surface_t, Free> surface(
      cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
  thread_local const std::unique_ptr<cairo_t, Free> cairo(cairo_create(surface.get()));
  choose_font(cairo.get(), style);
  cairo_text_extents_t extents;
  cairo_text_extents(cairo.get(), shown_as_utf8(text).c_str(), &extents);
  return extents.x_advance;
}

}  // namespace tengen::tools
