// What a network hears of a word: 0.8 s of sound as a picture of time and frequency.
#pragma once

#include <string>

#include "nn/data/loader.h"
#include "nn/tensor.h"

namespace tengen::tools {

// How much words differ from take to take; each number is the most, either way.
struct SoundAugmentation {
  double speed = 0.12;  // a share (Ko et al. 2015)
  int64_t shift = 600;  // samples
  int64_t bands = 1;    // of frequency
};
// Of words that differ in pitch alone, which another speed would make another word.
inline constexpr SoundAugmentation kSamePitch{.speed = 0, .shift = 600, .bands = 0};

// Of samples [T] at kSpeechRate: [kFrames, count(), 1], the sound standing in the middle of 0.8 s.
// Log-mel is within [-1, 1]: 1 is the loudest moment of the loudest band, -1 is 43 dB less and what
// lies below. So neither loudness nor the hiss of a microphone nor the padding is seen.
class SoundFeatures {
 public:
  static constexpr int64_t kFrames = 64;

  // "log-mel" (40 bands) or "mfcc" (their first 13 cosine coefficients); another is an Error.
  explicit SoundFeatures(const std::string& kind);

  int64_t count() const;
  nn::Tensor operator()(const nn::Tensor& samples) const;

  // The same of a dataset's first tensors, and as a loader's transform augmented: speed, shifts in
  // time and frequency, noise, and masks (Park et al. 2019).
  nn::DatasetPtr of(const nn::DatasetPtr& utterances) const;
  nn::Transform augmented(const SoundAugmentation& most) const;

 private:
  nn::Tensor finished(const nn::Tensor& log_mel) const;

  bool mfcc_;
};

}  // namespace tengen::tools
