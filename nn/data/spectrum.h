// Features of sound: STFT, log-mel, MFCC; and SpecAugment, which masks them.
#pragma once

#include <cstdint>

#include "nn/data/augment.h"
#include "nn/tensor.h"

namespace tengen::nn {

// Lengths in samples. A window shorter than the transform lies in its middle.
struct StftOptions {
  int64_t window = 400;
  int64_t hop = 160;
  int64_t transform = 512;  // even
  // Frame i about sample i * hop, with zeros beyond the sound's ends: 1 + T / hop frames. If not,
  // it begins there: 1 + (T - transform) / hop frames, and the sound must be that long.
  bool centred = true;
};

// Hann windows (periodic, 0.5 - 0.5 cos(2 pi n / window)) of the samples [T], transformed:
// [frames, transform / 2 + 1, 2], the last axis being real and imaginary part.
Tensor stft(const Tensor& samples, const StftOptions& options = {});
Tensor power_spectrum(const Tensor& samples, const StftOptions& options = {});  // |stft|^2

enum class MelScale {
  kHtk,    // 2595 log10(1 + f / 700) (O'Shaughnessy 1987; the HTK book, section 5.4)
  kSlaney  // linear to 1 kHz, 15 mel there, then a factor of 6.4 every 27 (Slaney 1998)
};
double mel_of_hz(double hz, MelScale scale);
double hz_of_mel(double mel, MelScale scale);

struct MelOptions {
  int64_t bands = 40;
  double low_hz = 0;
  double high_hz = 0;  // 0: half the sample rate
  MelScale scale = MelScale::kHtk;
  bool unit_area = false;  // triangles of area one, as Slaney's, instead of height one
  float floor = 1e-10f;    // the least power, before the logarithm
};

// Triangles over the bins of a spectrum, equally wide on the mel scale: [transform / 2 + 1, bands].
Tensor mel_filters(double sample_rate, int64_t transform, const MelOptions& options);
// The natural logarithm of the power in each band: [frames, bands].
Tensor log_mel(const Tensor& samples, double sample_rate, const StftOptions& stft = {},
               const MelOptions& mel = {});
// The first coefficients of log-mel's cosine transform (DCT-II, orthonormal): [frames, count].
Tensor mfcc(const Tensor& log_mel, int64_t count = 13);

// Bands [t0, t0 + t) of time and [f0, f0 + f) of frequency of [frames, bands] are set to `value`, t
// and f being drawn from [0, width] (Park et al. 2019, section 2, without its time warping). The
// widths are those of its policy LibriSpeech double.
struct SpecAugmentOptions {
  int time_masks = 2;
  int64_t time_width = 100;
  int frequency_masks = 2;
  int64_t frequency_width = 27;
  float value = 0.0f;  // the mean, of normalised features
};
TensorTransform spec_augment(const SpecAugmentOptions& options = {});

}  // namespace tengen::nn
