// Oracles: closed forms, and values from librosa's documentation of its mel scales.
#include "nn/data/spectrum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

constexpr double kPi = std::numbers::pi;

std::complex<double> bin_of(const Tensor& spectrum, int64_t frame, int64_t bin) {
  const float* at = spectrum.data() + (frame * spectrum.shape()[1] + bin) * 2;
  return {at[0], at[1]};
}

TEST(Stft, OfASineIsThreeBins) {
  // Hann leaves N/4 at the bin of a cosine of height one, -N/8 at both sides, nothing elsewhere.
  constexpr int64_t kSize = 64, kBin = 10;
  Tensor cosine({200});
  for (int n = 0; n < 200; ++n)
    cosine.values()[n] = static_cast<float>(std::cos(2 * kPi * kBin * n / kSize));
  const Tensor spectrum =
      stft(cosine, {.window = kSize, .hop = kSize, .transform = kSize, .centred = false});
  ASSERT_EQ(spectrum.shape(), (Shape{3, 33, 2}));
  for (int64_t frame = 0; frame < 3; ++frame)
    for (int64_t bin = 0; bin <= 32; ++bin) {
      const double expected = bin == kBin ? 16 : std::abs(bin - kBin) == 1 ? -8 : 0;
      EXPECT_NEAR(std::abs(bin_of(spectrum, frame, bin) - expected), 0, 1e-4) << bin;
    }
  const Tensor power =
      power_spectrum(cosine, {.window = kSize, .hop = kSize, .transform = kSize, .centred = false});
  EXPECT_NEAR(power.values()[kBin], 256, 1e-2);
}

TEST(Stft, OfAClickIsTheWindowThere) {
  // A click at sample 20; with a transform of 16 and hop 8, frame 2 begins at 16 - 8 = 8, so the
  // click is its sample 12, which is sample 10 of the window of 12 in its middle.
  Tensor click({40});
  click.values()[20] = 1;
  const Tensor spectrum = stft(click, {.window = 12, .hop = 8, .transform = 16});
  ASSERT_EQ(spectrum.shape(), (Shape{6, 9, 2}));
  const double height = 0.5 - 0.5 * std::cos(2 * kPi * 10 / 12);
  for (int64_t bin = 0; bin <= 8; ++bin)
    EXPECT_NEAR(std::abs(bin_of(spectrum, 2, bin) - std::polar(height, -2 * kPi * bin * 12 / 16.0)),
                0, 1e-6);
  EXPECT_NEAR(std::abs(bin_of(spectrum, 0, 3)), 0, 1e-7);
  EXPECT_NEAR(std::abs(bin_of(spectrum, 5, 3)), 0, 1e-7);
}

TEST(Stft, OfAShortSound) {
  EXPECT_EQ(stft(Tensor({3})).shape(), (Shape{1, 257, 2}));
  EXPECT_EQ(stft(Tensor({0})).shape(), (Shape{1, 257, 2}));
  expect_error([] { stft(Tensor({511}), {.centred = false}); }, {"511 samples", "frame of 512"});
}

TEST(Mel, ScalesAreThoseOfLibrosa) {
  EXPECT_NEAR(mel_of_hz(60, MelScale::kSlaney), 0.9, 1e-12);
  EXPECT_NEAR(mel_of_hz(110, MelScale::kSlaney), 1.65, 1e-12);
  EXPECT_NEAR(mel_of_hz(440, MelScale::kSlaney), 6.6, 1e-12);
  EXPECT_NEAR(mel_of_hz(6400, MelScale::kSlaney), 42, 1e-12);
  EXPECT_NEAR(hz_of_mel(3, MelScale::kSlaney), 200, 1e-9);
  EXPECT_NEAR(mel_of_hz(1000, MelScale::kHtk), 999.9855, 1e-3);
  // mel_frequencies(n_mels=40), from 0 to 11,025 Hz.
  const double top = mel_of_hz(11025, MelScale::kSlaney);
  EXPECT_NEAR(hz_of_mel(top / 39, MelScale::kSlaney), 85.317, 1e-3);
  EXPECT_NEAR(hz_of_mel(top * 12 / 39, MelScale::kSlaney), 1024.856, 1e-3);
  EXPECT_NEAR(hz_of_mel(top * 30 / 39, MelScale::kSlaney), 4994.285, 1e-3);
  for (const MelScale scale : {MelScale::kHtk, MelScale::kSlaney})
    for (const double hz : {0.0, 500.0, 999.9, 1000.0, 8000.0})
      EXPECT_NEAR(hz_of_mel(mel_of_hz(hz, scale), scale), hz, 1e-9);
}

TEST(Mel, FiltersAreTrianglesThatShareTheirSlopes) {
  const Tensor filters = mel_filters(16000, 1024, {.bands = 20});
  ASSERT_EQ(filters.shape(), (Shape{513, 20}));
  // Between the first and the last top, the two triangles over a bin add up to one.
  const double step = mel_of_hz(8000, MelScale::kHtk) / 21;
  for (int64_t bin = 0; bin < 513; ++bin) {
    const double mel = mel_of_hz(static_cast<double>(bin) * 16000 / 1024, MelScale::kHtk);
    double sum = 0;
    for (int64_t band = 0; band < 20; ++band) sum += filters.values()[bin * 20 + band];
    if (mel >= step && mel <= 20 * step) {
      EXPECT_NEAR(sum, 1, 1e-5) << bin;
    }
  }
  const Tensor unit =
      mel_filters(16000, 4096, {.bands = 20, .scale = MelScale::kSlaney, .unit_area = true});
  for (int64_t band = 0; band < 20; ++band) {
    double area = 0;
    for (int64_t bin = 0; bin < 2049; ++bin) area += unit.values()[bin * 20 + band];
    EXPECT_NEAR(area * 16000 / 4096, 1, 0.01) << band;
  }
}

TEST(Mel, OfASineIsInItsBand) {
  Tensor sine({8000});
  for (int n = 0; n < 8000; ++n)
    sine.values()[n] = static_cast<float>(std::sin(2 * kPi * 1000 * n / 8000));
  const Tensor features = log_mel(sine, 8000, {.window = 200, .hop = 80, .transform = 256});
  ASSERT_EQ(features.shape(), (Shape{101, 40}));
  // 1 kHz on a scale of 41 steps to 4 kHz; band b has its top at step b + 1.
  const double at = mel_of_hz(1000, MelScale::kHtk) / (mel_of_hz(4000, MelScale::kHtk) / 41) - 1;
  const float* frame = features.data() + 50 * 40;
  EXPECT_NEAR(std::max_element(frame, frame + 40) - frame, at, 0.6);
  const Tensor silence = log_mel(Tensor({800}), 8000);
  for (const float value : silence.values()) EXPECT_FLOAT_EQ(value, std::log(1e-10f));
}

TEST(Mfcc, OfACosineIsOneCoefficient) {
  constexpr int64_t kBands = 8;
  Tensor rows({3, kBands});
  for (int n = 0; n < kBands; ++n) {
    rows.values()[n] = 2;
    rows.values()[kBands + n] = static_cast<float>(std::cos(kPi * 3 * (n + 0.5) / kBands));
    rows.values()[2 * kBands + n] = n == 0 ? 1.0f : 0.0f;
  }
  const Tensor all = mfcc(rows, kBands);
  for (int k = 0; k < kBands; ++k) {
    EXPECT_NEAR(all.values()[k], k == 0 ? 2 * std::sqrt(8.0) : 0, 1e-6);
    EXPECT_NEAR(all.values()[kBands + k], k == 3 ? 2 : 0, 1e-6);
    const double norm = k == 0 ? std::sqrt(1 / 8.0) : 0.5;
    EXPECT_NEAR(all.values()[2 * kBands + k], norm * std::cos(kPi * k / 16), 1e-6);
  }
  EXPECT_EQ(mfcc(rows, 4).shape(), (Shape{3, 4}));
}

TEST(SpecAugment, MasksWholeFramesAndWholeBands) {
  const Tensor ones({30, 20}, std::vector<float>(600, 1));
  int widest_time = 0, widest_band = 0;
  for (int draw = 0; draw < 100; ++draw) {
    Rng rng(1, draw);
    const Tensor out = spec_augment({.time_masks = 1,
                                     .time_width = 5,
                                     .frequency_masks = 1,
                                     .frequency_width = 4,
                                     .value = -1})(ones, rng);
    const auto at = [&](int t, int f) { return out.values()[t * 20 + f]; };
    std::vector<int> times, bands;
    for (int t = 0; t < 30; ++t) {
      bool whole = true;
      for (int f = 0; f < 20; ++f) whole &= at(t, f) == -1;
      if (whole) times.push_back(t);
    }
    for (int f = 0; f < 20; ++f) {
      bool whole = true;
      for (int t = 0; t < 30; ++t) whole &= at(t, f) == -1;
      if (whole) bands.push_back(f);
    }
    // Every masked number is in a masked frame or a masked band, and each of these is one run.
    for (int t = 0; t < 30; ++t)
      for (int f = 0; f < 20; ++f)
        EXPECT_EQ(at(t, f) == -1, std::count(times.begin(), times.end(), t) > 0 ||
                                      std::count(bands.begin(), bands.end(), f) > 0);
    if (!times.empty()) {
      EXPECT_EQ(times.back() - times.front() + 1, static_cast<int>(times.size()));
    }
    widest_time = std::max(widest_time, static_cast<int>(times.size()));
    widest_band = std::max(widest_band, static_cast<int>(bands.size()));
  }
  EXPECT_EQ(widest_time, 5);
  EXPECT_EQ(widest_band, 4);
  EXPECT_EQ(ones.values()[0], 1);
}

}  // namespace
}  // namespace tengen::nn
