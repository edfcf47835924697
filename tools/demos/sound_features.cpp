#include "tools/demos/sound_features.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "nn/data/resample.h"
#include "nn/data/spectrum.h"
#include "tools/demos/spoken_words.h"

namespace tengen::tools {
namespace {

using nn::Tensor;

constexpr int64_t kBands = 40, kCoefficients = 13;
constexpr nn::StftOptions kStft{.window = 200, .hop = 100, .transform = 256};  // 25 and 12.5 ms
constexpr int64_t kLength = (SoundFeatures::kFrames - 1) * kStft.hop;          // samples
constexpr float kRange = 10;  // nats from the loudest to silence

// The sound in the middle of kLength samples, or `shift` samples later; what is longer is cut.
Tensor in_the_middle(const Tensor& samples, int64_t shift) {
  Tensor out({kLength});
  const int64_t begin = (kLength - samples.size()) / 2 + shift;
  for (int64_t i = 0; i < samples.size(); ++i)
    if (0 <= begin + i && begin + i < kLength) out.data()[begin + i] = samples.data()[i];
  return out;
}

Tensor levelled_log_mel(const Tensor& samples) {
  Tensor out =
      nn::log_mel(samples, kSpeechRate, kStft, {.bands = kBands, .low_hz = 60, .high_hz = 3800});
  const float top = *std::max_element(out.values().begin(), out.values().end());
  for (float& value : out.values()) value = 1 + 2 * std::max(value - top, -kRange) / kRange;
  return out;
}

// Every band's numbers `bands` higher; the lowest or highest is repeated.
Tensor shifted_bands(const Tensor& x, int64_t bands) {
  Tensor out(x.shape());
  for (int64_t i = 0; i < x.size(); ++i) {
    const int64_t from = std::clamp<int64_t>(i % kBands - bands, 0, kBands - 1);
    out.data()[i] = x.data()[i - i % kBands + from];
  }
  return out;
}

// A whole number in [-most, most].
int64_t either_way(Rng& rng, int64_t most) {
  return static_cast<int64_t>(rng.below(static_cast<uint32_t>(2 * most + 1))) - most;
}

Tensor with_noise(const Tensor& samples, Rng& rng) {
  double power = 0;
  for (const float x : samples.values()) power += static_cast<double>(x) * x;
  const double level = std::sqrt(power / static_cast<double>(samples.size()));
  const double noise = level * std::pow(10, -(15 + 35 * rng.uniform()) / 20);  // 15 to 50 dB less
  Tensor out = samples.clone();
  for (float& x : out.values()) x += static_cast<float>(noise * rng.normal());
  return out;
}

}  // namespace

SoundFeatures::SoundFeatures(const std::string& kind) : mfcc_(kind == "mfcc") {
  if (kind != "log-mel" && kind != "mfcc")
    throw Error("features \"" + kind + "\" are not known; log-mel or mfcc");
}

int64_t SoundFeatures::count() const { return mfcc_ ? kCoefficients : kBands; }

Tensor SoundFeatures::finished(const Tensor& log_mel) const {
  return (mfcc_ ? nn::mfcc(log_mel, kCoefficients) : log_mel).reshape({kFrames, count(), 1});
}

Tensor SoundFeatures::operator()(const Tensor& samples) const {
  return finished(levelled_log_mel(in_the_middle(samples, 0)));
}

nn::DatasetPtr SoundFeatures::of(const nn::DatasetPtr& utterances) const {
  return nn::mapped(utterances, [features = *this](const nn::Sample& sample) {
    return nn::Sample{features(sample[0]), sample[1]};
  });
}

nn::Transform SoundFeatures::augmented(const SoundAugmentation& most) const {
  const nn::TensorTransform masks = nn::spec_augment(
      {.time_masks = 2, .time_width = 8, .frequency_masks = 1, .frequency_width = 6, .value = -1});
  return [features = *this, masks, most](const nn::Sample& sample, Rng& rng) {
    const double speed = 1 + most.speed * (2 * rng.uniform() - 1);
    const Tensor samples = nn::resampled_sound(sample[0], speed, 1.0);
    const Tensor placed = in_the_middle(with_noise(samples, rng), either_way(rng, most.shift));
    const Tensor moved = shifted_bands(levelled_log_mel(placed), either_way(rng, most.bands));
    return nn::Sample{features.finished(masks(moved, rng)), sample[1]};
  };
}

}  // namespace tengen::tools
