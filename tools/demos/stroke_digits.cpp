#include "tools/demos/stroke_digits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/base/rng.h"
#include "nn/data/augment.h"
#include "nn/data/byte_images.h"

namespace tengen::tools {
namespace {

constexpr int64_t kSide = 28;
constexpr float kHeight = 20.0f;  // of a digit, pixels

struct Point {
  float x, y;
};
// Where the pen goes without being lifted, a curve through all these points, in a box one high and
// one wide with y downwards.
using Stroke = std::vector<Point>;
using Glyph = std::vector<Stroke>;

// Part of an ellipse, angles in turns from the right, clockwise as y points down.
Stroke arc(Point centre, float radius_x, float radius_y, float from, float to) {
  constexpr int kPoints = 9;
  Stroke stroke;
  for (int i = 0; i < kPoints; ++i) {
    const float turns = from + (to - from) * static_cast<float>(i) / (kPoints - 1);
    const float angle = 2 * std::numbers::pi_v<float> * turns;
    stroke.push_back(
        {centre.x + radius_x * std::cos(angle), centre.y + radius_y * std::sin(angle)});
  }
  return stroke;
}

Stroke joined(Stroke a, const Stroke& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// A line as three points, for it bends less than a curve through its ends.
Stroke line(Point a, Point b) { return {a, {(a.x + b.x) / 2, (a.y + b.y) / 2}, b}; }

// The ways in which each digit is written.
const std::array<std::vector<Glyph>, 10>& glyphs() {
  static const std::array<std::vector<Glyph>, 10> all = {{
      {{arc({0.5f, 0.5f}, 0.32f, 0.5f, -0.25f, 0.78f)},
       {arc({0.5f, 0.5f}, 0.42f, 0.5f, -0.3f, 0.7f)}},
      {{line({0.5f, 0}, {0.5f, 1})},
       {line({0.3f, 0.25f}, {0.55f, 0}), line({0.55f, 0}, {0.55f, 1})},
       {line({0.3f, 0.25f}, {0.5f, 0}), line({0.5f, 0}, {0.5f, 1}), line({0.25f, 1}, {0.75f, 1})}},
      {{joined(arc({0.5f, 0.28f}, 0.32f, 0.28f, -0.5f, 0.08f), {{0.45f, 0.75f}, {0.15f, 1}}),
        line({0.15f, 1}, {0.85f, 1})},
       {joined(arc({0.5f, 0.3f}, 0.3f, 0.3f, -0.55f, 0.1f),
               {{0.3f, 0.9f}, {0.15f, 0.9f}, {0.3f, 0.8f}, {0.6f, 0.95f}, {0.85f, 0.95f}})}},
      {{joined(arc({0.45f, 0.25f}, 0.3f, 0.25f, -0.45f, 0.22f),
               arc({0.45f, 0.74f}, 0.36f, 0.26f, -0.22f, 0.42f))},
       {line({0.2f, 0}, {0.8f, 0}), line({0.8f, 0}, {0.45f, 0.42f}),
        arc({0.42f, 0.71f}, 0.36f, 0.29f, -0.23f, 0.42f)}},
      {{line({0.3f, 0}, {0.15f, 0.55f}), line({0.15f, 0.55f}, {0.85f, 0.55f}),
        line({0.7f, 0.05f}, {0.65f, 1})},
       {line({0.65f, 0}, {0.1f, 0.65f}), line({0.1f, 0.65f}, {0.9f, 0.65f}),
        line({0.65f, 0}, {0.65f, 1})}},
      {{line({0.25f, 0}, {0.22f, 0.42f}), arc({0.45f, 0.68f}, 0.36f, 0.32f, -0.35f, 0.4f),
        line({0.25f, 0}, {0.8f, 0})},
       {line({0.8f, 0}, {0.3f, 0.03f}), line({0.3f, 0.03f}, {0.25f, 0.4f}),
        arc({0.42f, 0.7f}, 0.36f, 0.3f, -0.33f, 0.35f)}},
      {{joined({{0.7f, 0}, {0.35f, 0.3f}}, arc({0.48f, 0.7f}, 0.3f, 0.3f, 0.5f, -0.55f))},
       {joined({{0.55f, 0}, {0.28f, 0.35f}}, arc({0.5f, 0.75f}, 0.28f, 0.25f, 0.52f, -0.5f))}},
      {{line({0.15f, 0}, {0.85f, 0}), line({0.85f, 0}, {0.4f, 1})},
       {line({0.15f, 0.02f}, {0.8f, 0}), line({0.8f, 0}, {0.4f, 1}),
        line({0.3f, 0.5f}, {0.75f, 0.5f})},
       {line({0.15f, 0.2f}, {0.18f, 0}), line({0.18f, 0}, {0.82f, 0}),
        line({0.82f, 0}, {0.5f, 1})}},
      {{arc({0.5f, 0.25f}, 0.28f, 0.25f, 0.25f, -0.75f),
        arc({0.5f, 0.75f}, 0.33f, 0.25f, -0.25f, 0.77f)},
       {joined(arc({0.5f, 0.26f}, 0.27f, 0.24f, -0.1f, -0.68f),
               joined({{0.55f, 0.5f}}, joined(arc({0.5f, 0.76f}, 0.3f, 0.24f, -0.1f, 0.65f),
                                              {{0.5f, 0.48f}, {0.72f, 0.2f}})))}},
      {{arc({0.48f, 0.3f}, 0.3f, 0.3f, 0.02f, -1.0f), line({0.78f, 0.25f}, {0.7f, 1})},
       {joined(arc({0.5f, 0.28f}, 0.27f, 0.28f, -0.05f, -1.0f),
               {{0.76f, 0.55f}, {0.7f, 0.85f}, {0.5f, 1}, {0.25f, 0.9f}})}},
  }};
  return all;
}

// Points along the curve through those of the stroke (Catmull and Rom 1974).
Stroke smoothed(const Stroke& stroke) {
  constexpr int kSteps = 5;
  const auto last = static_cast<int>(stroke.size()) - 1;
  const auto at = [&](int i) { return stroke[std::clamp(i, 0, last)]; };
  const auto between = [](float a, float b, float c, float d, float t) {
    return 0.5f * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t +
                   (3 * b - a - 3 * c + d) * t * t * t);
  };
  Stroke out;
  for (int i = 0; i < last; ++i)
    for (int step = 0; step < kSteps; ++step) {
      const Point a = at(i - 1), b = at(i), c = at(i + 1), d = at(i + 2);
      const float t = static_cast<float>(step) / kSteps;
      out.push_back({between(a.x, b.x, c.x, d.x, t), between(a.y, b.y, c.y, d.y, t)});
    }
  out.push_back(stroke.back());
  return out;
}

float distance(Point p, Point a, Point b) {
  const float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const float t =
      length > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0f, 1.0f) : 0.0f;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// Ink where the pen, `thick` pixels wide, comes by; edges are a pixel soft.
void draw(const Stroke& stroke, float thick, nn::Tensor& image) {
  const float reach = thick / 2 + 1;
  for (size_t i = 0; i + 1 < stroke.size(); ++i) {
    const Point a = stroke[i], b = stroke[i + 1];
    const auto first = [&](float u, float v) {
      return std::clamp<int64_t>(std::lround(std::min(u, v) - reach), 0, kSide);
    };
    const auto last = [&](float u, float v) {
      return std::clamp<int64_t>(std::lround(std::max(u, v) + reach) + 1, 0, kSide);
    };
    for (int64_t y = first(a.y, b.y); y < last(a.y, b.y); ++y)
      for (int64_t x = first(a.x, b.x); x < last(a.x, b.x); ++x) {
        const float away = distance({static_cast<float>(x), static_cast<float>(y)}, a, b);
        float& pixel = image.data()[y * kSide + x];
        pixel = std::max(pixel, std::clamp(thick / 2 + 0.5f - away, 0.0f, 1.0f));
      }
  }
}

// In [-most, most].
float around_zero(float most, Rng& rng) { return most * static_cast<float>(2 * rng.uniform() - 1); }

nn::Tensor written(int digit, const nn::TensorTransform& shake, Rng& rng) {
  const std::vector<Glyph>& ways = glyphs()[digit];
  const Glyph& glyph = ways[rng.below(static_cast<uint32_t>(ways.size()))];
  const float slant = 0.1f + around_zero(0.3f, rng), turn = around_zero(0.17f, rng);
  const float height = kHeight * (1 + around_zero(0.1f, rng));
  const float width = height * (0.75f + around_zero(0.2f, rng));
  const float thick = 2.4f + around_zero(1.1f, rng);
  const float right = around_zero(1.5f, rng), down = around_zero(1.5f, rng);
  nn::Tensor image({kSide, kSide, 1});
  for (Stroke stroke : glyph) {
    for (Point& point : stroke) {
      const float y = (point.y - 0.5f + around_zero(0.04f, rng)) * height;
      const float x = (point.x - 0.5f + around_zero(0.04f, rng)) * width - slant * y;
      point = {13.5f + right + x * std::cos(turn) - y * std::sin(turn),
               13.5f + down + x * std::sin(turn) + y * std::cos(turn)};
    }
    draw(smoothed(stroke), thick, image);
  }
  return shake(image, rng);
}

}  // namespace

nn::DatasetPtr stroke_digits(int64_t count, uint64_t seed) {
  CHECK(count >= 0);
  nn::ByteImages out{kSide, kSide, 1, std::string(count * kSide * kSide, '\0'),
                     std::vector<uint8_t>(count)};
  const nn::TensorTransform shake = nn::elastic(20, 4);
  parallel_for(count, [&](int64_t i) {
    Rng rng(seed, static_cast<uint64_t>(i));
    out.classes[i] = static_cast<uint8_t>(i % 10);
    const nn::Tensor image = written(out.classes[i], shake, rng);
    for (int64_t at = 0; at < image.size(); ++at)
      out.pixels[i * image.size() + at] =
          static_cast<char>(std::lround(255 * std::clamp(image.data()[at], 0.0f, 1.0f)));
  });
  return nn::image_dataset(std::move(out));
}

}  // namespace tengen::tools
