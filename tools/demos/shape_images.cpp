#include "tools/demos/shape_images.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "nn/base/parallel.h"
#include "nn/base/rng.h"
#include "nn/data/byte_images.h"

namespace tengen::tools {
namespace {

constexpr int64_t kSide = 28;
constexpr float kPi = std::numbers::pi_v<float>;

// A shape about the origin that reaches about as far as the unit circle: how far outside of it a
// point is, less than zero inside.
struct ShapeClass {
  const char* name;
  float (*outside)(float x, float y);
};

float box(float x, float y, float half_width, float half_height) {
  return std::max(std::abs(x) - half_width, std::abs(y) - half_height);
}

// Regular, of `corners`, that point outwards to 1 and back to `waist` between them.
float star(float x, float y, int corners, float waist) {
  const float part = kPi / static_cast<float>(corners);
  float angle = std::fmod(std::abs(std::atan2(x, -y)), 2 * part);
  if (angle > part) angle = 2 * part - angle;
  const float radius = std::hypot(x, y), along = radius * std::cos(angle),
              across = radius * std::sin(angle);
  // The edge runs from (1, 0) to waist * (cos part, sin part).
  const float dx = waist * std::cos(part) - 1, dy = waist * std::sin(part);
  return ((along - 1) * dy - across * dx) / std::hypot(dx, dy);
}

constexpr std::array<ShapeClass, 10> kShapes = {{
    {"disc", [](float x, float y) { return std::hypot(x, y) - 0.9f; }},
    {"ring", [](float x, float y) { return std::abs(std::hypot(x, y) - 0.75f) - 0.18f; }},
    {"square", [](float x, float y) { return box(x, y, 0.75f, 0.75f); }},
    {"frame", [](float x, float y) { return std::abs(box(x, y, 0.65f, 0.65f)) - 0.16f; }},
    {"triangle", [](float x, float y) { return star(x, y, 3, 0.5f); }},
    {"star", [](float x, float y) { return star(x, y, 5, 0.45f); }},
    {"cross",
     [](float x, float y) { return std::min(box(x, y, 0.95f, 0.24f), box(x, y, 0.24f, 0.95f)); }},
    {"bar", [](float x, float y) { return box(x, y, 1.0f, 0.25f); }},
    {"moon",
     [](float x, float y) {
       return std::max(std::hypot(x, y) - 0.95f, 0.75f - std::hypot(x - 0.45f, y));
     }},
    {"angle",
     [](float x, float y) {
       return std::min(box(x, y - 0.6f, 0.85f, 0.22f), box(x + 0.63f, y, 0.22f, 0.82f));
     }},
}};

// In [least, greatest).
float between(float least, float greatest, Rng& rng) {
  return least + (greatest - least) * static_cast<float>(rng.uniform());
}

void paint(const ShapeClass& shape, Rng& rng, char* pixels) {
  const float size = between(5.5f, 11.0f, rng), turn = between(0, 2 * kPi, rng);
  const float squeeze = between(0.8f, 1.0f, rng);
  const float middle_x = 13.5f + between(-3, 3, rng), middle_y = 13.5f + between(-3, 3, rng);
  const float ground = between(0.0f, 1.0f, rng), noise = between(0.02f, 0.12f, rng);
  // Bright on dark or dark on bright, always to be seen.
  const float ink =
      ground < 0.5f ? between(ground + 0.35f, 1, rng) : between(0, ground - 0.35f, rng);
  const float cosine = std::cos(turn), sine = std::sin(turn);
  for (int64_t i = 0; i < kSide * kSide; ++i) {
    const float x = (static_cast<float>(i % kSide) - middle_x) / size,
                y = (static_cast<float>(i / kSide) - middle_y) / size;
    const float away =
        shape.outside(cosine * x + sine * y, (cosine * y - sine * x) / squeeze) * size;
    const float part = std::clamp(0.5f - away, 0.0f, 1.0f);  // edges are a pixel soft
    const float grey = ground + part * (ink - ground) + noise * static_cast<float>(rng.normal());
    pixels[i] = static_cast<char>(std::lround(255 * std::clamp(grey, 0.0f, 1.0f)));
  }
}

}  // namespace

nn::DatasetPtr shape_images(int64_t count, uint64_t seed) {
  nn::ByteImages out{kSide, kSide, 1, std::string(count * kSide * kSide, '\0'),
                     std::vector<uint8_t>(count)};
  parallel_for(count, [&](int64_t i) {
    Rng rng(seed, static_cast<uint64_t>(i));
    out.classes[i] = static_cast<uint8_t>(i % static_cast<int64_t>(kShapes.size()));
    paint(kShapes[out.classes[i]], rng, out.pixels.data() + i * kSide * kSide);
  });
  return nn::image_dataset(std::move(out));
}

std::vector<std::string> shape_names() {
  std::vector<std::string> names;
  for (const ShapeClass& shape : kShapes) names.push_back(shape.name);
  return names;
}

}  // namespace tengen::tools
