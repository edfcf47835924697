// A white sheet to draw on, in pixels from its upper left corner: cairo behind as much as charts
// and grids of images need.
#pragma once

#include <cairo.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/tensor.h"

namespace tengen::tools {

struct Colour {
  double red, green, blue, opacity = 1.0;  // 0 to 1
};
constexpr Colour kInk{0.15, 0.15, 0.17};
constexpr Colour kQuietInk{0.42, 0.42, 0.45};  // for what stands beside the matter itself
constexpr Colour kGridLine{0.89, 0.89, 0.91};

// Eight that colour-blind people can tell apart (Okabe and Ito 2008), again from the ninth on; the
// yellow, which is faint on white, comes last.
Colour curve_colour(size_t index);

struct Point {
  double x, y;
};

struct Stroke {
  Colour colour = kInk;
  double width = 1.0;
  std::vector<double> dash = {};  // lengths on and off in turn; empty: a whole line
};

enum class Align { kLeft, kCentre, kRight };

struct TextStyle {
  double size = 13.0;  // pixels
  bool bold = false;
  Colour colour = kInk;
  Align align = Align::kLeft;  // of the text to its point
  double turn = 0.0;           // degrees, clockwise about that point
};

class Canvas {
 public:
  Canvas(int width, int height);
  // Nothing is there at first, and what is below shows through: for what paste() puts elsewhere.
  static Canvas transparent(int width, int height);

  int width() const;
  int height() const;

  void rectangle(Point corner, double width, double height, const Colour& colour);
  void line(const std::vector<Point>& points, const Stroke& stroke);
  void rounded_rectangle(Point corner, double width, double height, double radius,
                         const Colour& colour);
  void dot(Point centre, double radius, const Colour& colour);
  void ring(Point centre, double radius, const Stroke& stroke);
  void polygon(const std::vector<Point>& corners, const Colour& colour);
  // A disc lit from `light`: that colour there, the other at the far rim, blended between.
  void ball(Point centre, double radius, Point light, const Colour& lit, const Colour& rim);
  // Each pixel's colour by its column and row.
  void shade(const std::function<Colour(int x, int y)>& colour);
  void paste(const Canvas& other, Point corner, double opacity = 1.0);
  // The point is half the height of its letters, at the side that `align` says. Bytes that are no
  // UTF-8 are shown as question marks.
  void text(Point at, const std::string& text, const TextStyle& style = {});
  // [H,W], [H,W,1] or [H,W,3] in [0,1], each pixel a square of `scale` pixels.
  void image(Point corner, const nn::Tensor& pixels, int scale);

  // While one lives, what is drawn outside its rectangle is not there.
  class Clip {
   public:
    Clip(Canvas& canvas, Point corner, double width, double height);
    ~Clip();
    Clip(const Clip&) = delete;
    Clip& operator=(const Clip&) = delete;

   private:
    Canvas& canvas_;
  };

  nn::Tensor pixels() const;  // [H,W,3] in [0,1]
  // Rows of 32-bit pixels 0xXXRRGGBB, `stride` bytes apart.
  const unsigned char* rows() const;
  int stride() const;

  static double text_width(const std::string& text, const TextStyle& style = {});

 private:
  struct Free {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
  };
  explicit Canvas(cairo_surface_t* surface);

  std::unique_ptr<cairo_surface_t, Free> surface_;
  std::unique_ptr<cairo_t, Free> cairo_;
};

}  // namespace tengen::tools
