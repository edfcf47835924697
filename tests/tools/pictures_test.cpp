// Pictures are for the eye; here stands what must be in them at least, found by its colour.
#include <gtest/gtest.h>

#include <cmath>

#include "tools/pictures/canvas.h"
#include "tools/pictures/chart.h"
#include "tools/pictures/image_grid.h"
#include "tools/pictures/ticks.h"

namespace tengen::tools {
namespace {

bool is_colour(const nn::Tensor& picture, int64_t y, int64_t x, const Colour& colour) {
  const float* pixel = picture.data() + (y * picture.shape()[1] + x) * 3;
  return std::abs(pixel[0] - colour.red) < 0.02 && std::abs(pixel[1] - colour.green) < 0.02 &&
         std::abs(pixel[2] - colour.blue) < 0.02;
}

int64_t count_of(const nn::Tensor& picture, const Colour& colour) {
  int64_t count = 0;
  for (int64_t y = 0; y < picture.shape()[0]; ++y)
    for (int64_t x = 0; x < picture.shape()[1]; ++x) count += is_colour(picture, y, x, colour);
  return count;
}

TEST(Canvas, DrawsWhereItIsTold) {
  Canvas canvas(20, 10);
  canvas.rectangle({5, 2}, 3, 4, {1, 0, 0});
  const nn::Tensor picture = canvas.pixels();
  EXPECT_EQ(picture.shape(), (nn::Shape{10, 20, 3}));
  EXPECT_EQ(count_of(picture, {1, 0, 0}), 12);
  EXPECT_TRUE(is_colour(picture, 2, 5, {1, 0, 0}));
  EXPECT_TRUE(is_colour(picture, 5, 7, {1, 0, 0}));
  EXPECT_EQ(count_of(picture, {1, 1, 1}), 200 - 12);
}

TEST(Canvas, ShowsTextThatIsNoUtf8) {
  Canvas canvas(60, 20);
  canvas.text({5, 10}, "a\xff\xc0z");
  EXPECT_LT(count_of(canvas.pixels(), {1, 1, 1}), 1200);
}

TEST(Canvas, AClipHoldsUntilItsEnd) {
  Canvas canvas(20, 10);
  {
    const Canvas::Clip clip(canvas, {0, 0}, 10, 10);
    canvas.rectangle({0, 0}, 20, 10, {1, 0, 0});
  }
  canvas.rectangle({19, 9}, 1, 1, {0, 0, 1});
  const nn::Tensor picture = canvas.pixels();
  EXPECT_EQ(count_of(picture, {1, 0, 0}), 100);
  EXPECT_EQ(count_of(picture, {0, 0, 1}), 1);
}

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> out;
  for (const Tick& tick : ticks) out.push_back(tick.label);
  return out;
}

TEST(Ticks, AreRoundNumbersWithinTheRange) {
  using Labels = std::vector<std::string>;
  EXPECT_EQ(labels(linear_ticks(0, 1, 5)), (Labels{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
  EXPECT_EQ(labels(linear_ticks(-3, 12, 4)), (Labels{"0", "5", "10"}));
  EXPECT_EQ(labels(linear_ticks(97.2, 99.1, 4)), (Labels{"97.5", "98.0", "98.5", "99.0"}));
  EXPECT_EQ(labels(linear_ticks(0, 3e6, 3)), (Labels{"0", "1e+06", "2e+06", "3e+06"}));
  EXPECT_EQ(labels(log_ticks(0.2, 0.5)),
            (Labels{"0.20", "0.25", "0.30", "0.35", "0.40", "0.45", "0.50"}));
  EXPECT_EQ(labels(log_ticks(0.5, 20)), (Labels{"0.5", "1", "2", "5", "10", "20"}));
  EXPECT_EQ(labels(log_ticks(1e-4, 10)), (Labels{"0.0001", "0.001", "0.01", "0.1", "1", "10"}));
}

TEST(LineChart, ShowsEveryCurveAndBearsWhatIsNotFinite) {
  const double nan = std::nan("");
  const nn::Tensor picture = line_chart({{"first", {1, 2, 3, 4}, {1, nan, 3, 2}},
                                         {"second", {1, 2}, {-1, INFINITY}, true},
                                         {"nothing", {}, {}}},
                                        {.title = "T", .x_label = "x", .y_label = "y"});
  EXPECT_EQ(picture.shape(), (nn::Shape{560, 900, 3}));
  EXPECT_GT(count_of(picture, curve_colour(0)), 100);
  EXPECT_GT(count_of(picture, curve_colour(1)), 10);
  EXPECT_EQ(line_chart({}, {}).shape(), (nn::Shape{560, 900, 3}));
  EXPECT_EQ(line_chart({{"", {5}, {0}}}, {.log_x = true, .log_y = true}).shape()[2], 3);
}

TEST(MatrixChart, ShadesCellsByTheirShareOfTheLargest) {
  const std::vector<float> values{4, 0, 0, 2};
  const nn::Tensor picture =
      matrix_chart(nn::Tensor({2, 2}, values), {.numbers = false, .cell = 40});
  const int64_t full = count_of(picture, {0.03, 0.27, 0.52});
  const int64_t half = count_of(picture, {0.515, 0.635, 0.76});
  EXPECT_NEAR(static_cast<double>(full), 39 * 39, 100);
  EXPECT_NEAR(static_cast<double>(half), 39 * 39, 100);
  EXPECT_GT(matrix_chart(nn::Tensor({1, 2}), {.columns = {"a very long name", "b"}}).size(), 0);
}

TEST(ImageGrid, DrawsPixelsAsSquares) {
  const std::vector<float> red{1, 0, 0};
  const nn::Tensor picture = image_grid({{nn::Tensor({1, 1, 3}, red), "red"},
                                         {nn::Tensor({2, 1}), ""},
                                         {nn::Tensor({1, 2, 1}), "dark"}},
                                        {.title = "Three", .scale = 7});
  EXPECT_EQ(count_of(picture, {1, 0, 0}), 49);
  EXPECT_GE(count_of(picture, {0, 0, 0}), 4 * 49);
  EXPECT_GT(image_grid({}, {}).size(), 0);
}

TEST(Stretched, GoesFromZeroToOne) {
  const std::vector<float> values{-2, 0, 2}, same{3, 3};
  EXPECT_EQ(stretched(nn::Tensor({3}, values)).to_vector(), (std::vector<float>{0, 0.5f, 1}));
  EXPECT_EQ(stretched(nn::Tensor({2}, same)).to_vector(), (std::vector<float>{0.5f, 0.5f}));
}

}  // namespace
}  // namespace tengen::tools
