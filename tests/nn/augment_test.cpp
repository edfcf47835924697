// Oracles: small images worked out by hand, and closed forms.
#include "nn/data/augment.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <set>

#include "nn/data/idx.h"
#include "nn/data/image_geometry.h"
#include "tests/nn/data_folder.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

Tensor nine() { return Tensor({3, 3, 1}, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9}); }

void expect_values(const Tensor& x, const std::vector<float>& expected) {
  ASSERT_EQ(x.size(), static_cast<int64_t>(expected.size()));
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(x.values()[i], expected[i], 1e-6) << i;
}

TEST(ImageGeometry, CropsAlsoBeyondTheImage) {
  expect_values(cropped(nine(), 1, 0, 2, 2), {4, 5, 7, 8});
  expect_values(cropped(nine(), -1, 2, 3, 2), {0, 0, 3, 0, 6, 0});
  expect_values(cropped(nine(), 0, -2, 1, 4), {0, 0, 1, 2});
  expect_values(cropped(nine(), 5, 5, 1, 1), {0});
  const Tensor colours({1, 2, 2}, std::vector<float>{1, 2, 3, 4});
  expect_values(cropped(colours, 0, 1, 1, 2), {3, 4, 0, 0});
  expect_values(mirrored(colours), {3, 4, 1, 2});
}

TEST(ImageGeometry, TurnsCounterClockwise) {
  expect_values(rotated(nine(), 90), {3, 6, 9, 2, 5, 8, 1, 4, 7});
  expect_values(rotated(nine(), -180), {9, 8, 7, 6, 5, 4, 3, 2, 1});
  expect_values(rotated(nine(), 0), nine().to_vector());
  // At 45 degrees an edge's middle reads the corner's side: (-1, 0) comes from (-r, r), r =
  // 1/sqrt 2.
  const float r = 1 / std::sqrt(2.0f);
  const float above = 2 + r, middle = 5 + r;  // rows 0 and 1, between columns 1 and 2
  EXPECT_NEAR(rotated(nine(), 45).values()[1], middle + r * (above - middle), 1e-6);
}

TEST(ImageGeometry, ReadsDisplacedPixelsBilinearly) {
  const std::vector<float> zero(9), half(9, 0.5f), far(9, 1e30f), none(9, NAN);
  expect_values(displaced(nine(), zero, half), {1.5f, 2.5f, 1.5f, 4.5f, 5.5f, 3, 7.5f, 8.5f, 4.5f});
  expect_values(displaced(nine(), half, zero), {2.5f, 3.5f, 4.5f, 5.5f, 6.5f, 7.5f, 3.5f, 4, 4.5f});
  expect_values(displaced(nine(), far, zero), zero);
  expect_values(displaced(nine(), none, zero), zero);
}

// A lone bright pixel moves as the whole image does.
TEST(Augment, AffineMovesScalesAndTurnsAboutTheCentre) {
  Tensor dot({9, 9, 1});
  dot.data()[4 * 9 + 4] = 1;
  const auto mass_of = [](const Tensor& x) {
    double sum = 0, y = 0, x_ = 0;
    for (int64_t i = 0; i < 81; ++i) {
      sum += x.data()[i];
      y += x.data()[i] * static_cast<double>(i / 9);
      x_ += x.data()[i] * static_cast<double>(i % 9);
    }
    return std::array<double, 3>{sum, y / sum, x_ / sum};
  };
  bool moved = false;
  for (int i = 0; i < 20; ++i) {
    Rng rng(2, i);
    const auto [sum, y, x] = mass_of(random_affine({.shift = 2})(dot, rng));
    EXPECT_NEAR(sum, 1, 1e-5);  // bilinear: nothing is lost within the image
    EXPECT_LE(std::abs(y - 4), 2 + 1e-5);
    EXPECT_LE(std::abs(x - 4), 2 + 1e-5);
    moved = moved || std::abs(y - 4) > 1 || std::abs(x - 4) > 1;
    Rng same(2, i);
    const Tensor turned = random_affine({.degrees = 45, .scale = 0.5, .shear = 0.5})(dot, same);
    EXPECT_FLOAT_EQ(turned.data()[4 * 9 + 4], 1);  // the centre stays where it is
    EXPECT_NEAR(mass_of(turned)[1], 4, 1e-5);
    EXPECT_NEAR(mass_of(turned)[2], 4, 1e-5);
  }
  EXPECT_TRUE(moved);
  Rng rng(3);
  Rng angle(3);
  const double degrees = (2 * angle.uniform() - 1) * 60;
  expect_values(random_affine({.degrees = 60})(nine(), rng), rotated(nine(), degrees).to_vector());
}

// What a step makes of `x` over many draws, as sets of values.
std::set<std::vector<float>> outcomes(const TensorTransform& step, const Tensor& x, int draws) {
  std::set<std::vector<float>> out;
  for (int i = 0; i < draws; ++i) {
    Rng rng(1, i);
    out.insert(step(x, rng).to_vector());
  }
  return out;
}

TEST(Augment, DrawsEveryCropShiftAndFlip) {
  const Tensor row({1, 3, 1}, std::vector<float>{1, 2, 3});
  EXPECT_EQ(outcomes(random_crop(1, 2), row, 50), (std::set<std::vector<float>>{{1, 2}, {2, 3}}));
  EXPECT_EQ(outcomes(random_crop(3, 3, 1), row, 50).size(), 3u) << "three places across, one down";
  EXPECT_EQ(outcomes(random_flip(), row, 50), (std::set<std::vector<float>>{{1, 2, 3}, {3, 2, 1}}));
  EXPECT_EQ(outcomes(random_flip(0), row, 20).size(), 1u);
  EXPECT_EQ(outcomes(random_shift(1), row, 100),
            (std::set<std::vector<float>>{{1, 2, 3}, {0, 1, 2}, {2, 3, 0}, {0, 0, 0}}));
  expect_error([&] { outcomes(random_crop(2, 2), row, 1); }, {"random_crop", "2x2", "[1,3,1]"});
}

TEST(Augment, RotationsStayWithinTheirLimit) {
  // A pixel at the right edge of a wide image rises and falls by the sine of the angle.
  Tensor bar({41, 41, 1});
  for (int x = 30; x < 41; ++x) bar.values()[20 * 41 + x] = 1;
  const int reach = static_cast<int>(std::ceil(20 * std::sin(10 * std::numbers::pi / 180)));
  for (int i = 0; i < 30; ++i) {
    Rng rng(2, i);
    const Tensor turned = random_rotation(10)(bar, rng);
    for (int y = 0; y < 41; ++y)
      if (std::abs(y - 20) > reach) {
        EXPECT_EQ(turned.values()[y * 41 + 40], 0) << y;
      }
  }
  EXPECT_GT(outcomes(random_rotation(10), bar, 5).size(), 4u);
}

TEST(Augment, ElasticFieldsHaveTheWidthOfTheirFormula) {
  // On a ramp the value tells from where it came. A uniform draw within alpha has the deviation
  // alpha / sqrt(3); smoothing by a Gaussian in two dimensions divides it by 2 sqrt(pi) sigma.
  constexpr int kSide = 120, kMargin = 20;
  Tensor ramp({kSide, kSide, 1});
  for (int i = 0; i < kSide * kSide; ++i) ramp.values()[i] = static_cast<float>(i % kSide);
  double sum = 0, squares = 0, rough = 0;
  int count = 0;
  Rng rng(3);
  const Tensor bent = elastic(34, 4)(ramp, rng);
  double last = 0;
  for (int y = kMargin; y < kSide - kMargin; ++y)
    for (int x = kMargin; x < kSide - kMargin; ++x, ++count) {
      const double moved = bent.values()[y * kSide + x] - x;
      sum += moved;
      squares += moved * moved;
      if (x > kMargin) rough += (moved - last) * (moved - last);
      last = moved;
    }
  const double deviation = std::sqrt(squares / count - sum / count * sum / count);
  EXPECT_NEAR(deviation, 34 / std::sqrt(3.0) / (2 * std::sqrt(std::numbers::pi) * 4), 0.2);
  // Neighbours move alike: the correlation at distance 1 is exp(-1 / (4 sigma^2)).
  EXPECT_NEAR(std::sqrt(rough / count) / deviation, std::sqrt(2 * (1 - std::exp(-1 / 64.0))), 0.02);
  Rng again(3);
  EXPECT_EQ(elastic(34, 4)(ramp, again).to_vector(), bent.to_vector());
}

TEST(Augment, CutoutBlanksASquareAroundEveryPixel) {
  const Tensor ones({4, 4, 2}, std::vector<float>(32, 1));
  std::set<int> areas;
  for (const std::vector<float>& cut : outcomes(cutout(3), ones, 200)) {
    int blank = 0;
    for (size_t i = 0; i < cut.size(); i += 2) {
      EXPECT_EQ(cut[i], cut[i + 1]);
      blank += cut[i] == 0;
    }
    areas.insert(blank);
  }
  EXPECT_EQ(outcomes(cutout(3), ones, 200).size(), 16u);
  EXPECT_EQ(areas, (std::set<int>{4, 6, 9})) << "in a corner, at a side, inside";
}

TEST(Augment, NormalizesByTheStatisticsOfADataset) {
  const DatasetPtr data = tensor_dataset(
      {Tensor({2, 1, 2, 2}, std::vector<float>{1, 5, 3, 5, 5, 5, 7, 5}), Tensor({2})});
  const ChannelStatistics statistics = channel_statistics(*data);
  EXPECT_EQ(statistics.mean, (std::vector<float>{4, 5}));
  EXPECT_FLOAT_EQ(statistics.deviation[0], std::sqrt(5.0f));
  EXPECT_EQ(statistics.deviation[1], 0);
  Rng rng(1);
  const Sample sample = augment({normalize(statistics)})(data->get(0), rng);
  expect_values(sample[0], {-3 / std::sqrt(5.0f), 0, -1 / std::sqrt(5.0f), 0});
  EXPECT_EQ(data->get(0)[0].values()[0], 1) << "the dataset itself is untouched";
}

TEST(Augment, MnistHasItsWellKnownMean) {
  DATA_OR_SKIP(folder, "mnist");
  const ChannelStatistics test = channel_statistics(*mnist(folder, MnistPart::kTest));
  EXPECT_NEAR(test.mean[0], 0.1325, 5e-5);
  EXPECT_NEAR(test.deviation[0], 0.3105, 5e-5);
}

TEST(Augment, StepsRunInOrder) {
  const auto plus = [](float number) {
    return [number](const Tensor& x, Rng&) {
      Tensor out = x.clone();
      for (float& value : out.values()) value = value * 10 + number;
      return out;
    };
  };
  Rng rng(1);
  const Sample out = augment({plus(1), plus(2)})({Tensor({1, 1, 1}), scalar_tensor(9)}, rng);
  EXPECT_EQ(out[0].item(), 12);
  EXPECT_EQ(out[1].item(), 9);
}

}  // namespace
}  // namespace tengen::nn
