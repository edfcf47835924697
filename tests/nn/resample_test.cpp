// Oracle: a sine sampled at another rate is that sine, by its formula.
#include "nn/data/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace tengen::nn {
namespace {

double sine_at(double hz, double seconds) {
  return std::sin(2 * std::numbers::pi * hz * seconds + 0.3);
}

Tensor sine(double hz, double rate, int64_t length) {
  Tensor out({length});
  for (int64_t i = 0; i < length; ++i)
    out.values()[i] = static_cast<float>(sine_at(hz, static_cast<double>(i) / rate));
  return out;
}

// The largest difference to the formula, away from the sound's ends.
double error_inside(const Tensor& sound, double hz, double rate) {
  double most = 0;
  for (int64_t i = sound.size() / 5; i < sound.size() * 4 / 5; ++i)
    most = std::max(most, std::abs(sound.values()[i] - sine_at(hz, static_cast<double>(i) / rate)));
  return most;
}

TEST(Resample, SinesBelowTheLowerHalfRateStay) {
  struct Case {
    double from, to, hz;
  };
  for (const Case c : {Case{44100, 8000, 440}, Case{44100, 8000, 3200}, Case{8000, 44100, 1234},
                       Case{8000, 16000, 3200}, Case{48000, 8000, 3000}, Case{8000, 8123.4, 2000},
                       Case{8000, 7000, 2800}}) {
    const auto length = static_cast<int64_t>(c.from * 0.1);
    const Tensor out = resampled_sound(sine(c.hz, c.from, length), c.from, c.to);
    EXPECT_EQ(out.size(), std::llround(static_cast<double>(length) * c.to / c.from));
    EXPECT_LT(error_inside(out, c.hz, c.to), 5e-3) << c.from << " to " << c.to << ": " << c.hz;
  }
}

TEST(Resample, WhatTheLowerRateCannotHoldGoes) {
  // 5 kHz would be heard at 3 kHz if every sixth sample were taken.
  const Tensor out = resampled_sound(sine(5000, 48000, 4800), 48000, 8000);
  for (int64_t i = out.size() / 5; i < out.size() * 4 / 5; ++i)
    EXPECT_NEAR(out.values()[i], 0, 5e-3);
}

TEST(Resample, ShortSounds) {
  EXPECT_EQ(resampled_sound(Tensor({0}), 44100, 8000).size(), 0);
  EXPECT_EQ(resampled_sound(Tensor({1}), 44100, 8000).size(), 1);
  const Tensor same = sine(100, 8000, 50);
  EXPECT_EQ(resampled_sound(same, 8000, 8000).to_vector(), same.to_vector());
}

}  // namespace
}  // namespace tengen::nn
