#include "nn/data/spectrum.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <unsupported/Eigen/FFT>

#include "nn/base/check.h"
#include "nn/device.h"

namespace tengen::nn {
namespace {

constexpr double kPi = std::numbers::pi;

std::vector<float> hann(int64_t length) {
  std::vector<float> out(length);
  for (int64_t n = 0; n < length; ++n)
    out[n] = static_cast<float>(
        0.5 - 0.5 * std::cos(2 * kPi * static_cast<double>(n) / static_cast<double>(length)));
  return out;
}

int64_t frame_count(int64_t length, const StftOptions& options) {
  if (options.centred) return 1 + length / options.hop;
  if (length < options.transform)
    throw Error("stft: a sound of " + std::to_string(length) + " samples has no frame of " +
                std::to_string(options.transform) + "; take shorter frames, or centred ones");
  return 1 + (length - options.transform) / options.hop;
}

// Slaney's two pieces meet here.
constexpr double kLinearHz = 200.0 / 3, kKneeHz = 1000, kKneeMel = kKneeHz / kLinearHz;
const double kLogStep = std::log(6.4) / 27;

// a [rows, inner] b [inner, columns], summed in double: features are made once.
Tensor product(const Tensor& a, const Tensor& b) {
  const int64_t rows = a.shape()[0], inner = a.shape()[1], columns = b.shape()[1];
  Tensor out = Tensor::uninitialized({rows, columns}, cpu_device());
  std::vector<double> sums(columns);
  for (int64_t row = 0; row < rows; ++row) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (int64_t i = 0; i < inner; ++i) {
      const double factor = a.data()[row * inner + i];
      for (int64_t c = 0; c < columns; ++c) sums[c] += factor * b.data()[i * columns + c];
    }
    std::copy(sums.begin(), sums.end(), out.data() + row * columns);
  }
  return out;
}

void mask(Tensor& x, int axis, int64_t width, float value, Rng& rng) {
  const int64_t length = x.shape()[axis], frames = x.shape()[0], bands = x.shape()[1];
  const auto masked = std::min<int64_t>(length, rng.below(static_cast<uint32_t>(width) + 1));
  const int64_t begin = rng.below(static_cast<uint32_t>(length - masked) + 1);
  const int64_t end = begin + masked;
  for (int64_t frame = 0; frame < frames; ++frame)
    for (int64_t band = 0; band < bands; ++band) {
      const int64_t at = axis == 0 ? frame : band;
      if (begin <= at && at < end) x.data()[frame * bands + band] = value;
    }
}

}  // namespace

Tensor stft(const Tensor& samples, const StftOptions& options) {
  CHECK(samples.shape().rank() == 1);
  CHECK(options.hop > 0);
  CHECK(options.transform > 0);
  CHECK(options.transform % 2 == 0);
  CHECK(0 < options.window);
  CHECK(options.window <= options.transform);
  const int64_t length = samples.size(), size = options.transform, bins = size / 2 + 1;
  const int64_t frames = frame_count(length, options);
  const std::vector<float> window = hann(options.window);
  const int64_t margin = (size - options.window) / 2;  // before the window
  const int64_t lead = options.centred ? size / 2 : 0;

  Eigen::FFT<float> transform;
  transform.SetFlag(Eigen::FFT<float>::HalfSpectrum);
  std::vector<float> frame(size);
  std::vector<std::complex<float>> spectrum(bins);
  Tensor out = Tensor::uninitialized({frames, bins, 2}, cpu_device());
  float* to = out.data();
  for (int64_t i = 0; i < frames; ++i) {
    const int64_t begin = i * options.hop - lead + margin;
    for (int64_t n = 0; n < options.window; ++n) {
      const int64_t at = begin + n;
      frame[margin + n] = 0 <= at && at < length ? window[n] * samples.data()[at] : 0.0f;
    }
    transform.fwd(spectrum.data(), frame.data(), static_cast<Eigen::Index>(size));
    for (const std::complex<float>& value : spectrum) {
      *to++ = value.real();
      *to++ = value.imag();
    }
  }
  return out;
}

Tensor power_spectrum(const Tensor& samples, const StftOptions& options) {
  const Tensor spectrum = stft(samples, options);
  Tensor out = Tensor::uninitialized({spectrum.shape()[0], spectrum.shape()[1]}, cpu_device());
  const float* from = spectrum.data();
  for (float& power : out.values()) {
    power = from[0] * from[0] + from[1] * from[1];
    from += 2;
  }
  return out;
}

double mel_of_hz(double hz, MelScale scale) {
  if (scale == MelScale::kHtk) return 2595 * std::log10(1 + hz / 700);
  return hz < kKneeHz ? hz / kLinearHz : kKneeMel + std::log(hz / kKneeHz) / kLogStep;
}

double hz_of_mel(double mel, MelScale scale) {
  if (scale == MelScale::kHtk) return 700 * (std::pow(10, mel / 2595) - 1);
  return mel < kKneeMel ? mel * kLinearHz : kKneeHz * std::exp((mel - kKneeMel) * kLogStep);
}

Tensor mel_filters(double sample_rate, int64_t transform, const MelOptions& options) {
  CHECK(sample_rate > 0);
  CHECK(options.bands > 0);
  const double high_hz = options.high_hz > 0 ? options.high_hz : sample_rate / 2;
  CHECK(0 <= options.low_hz);
  CHECK(options.low_hz < high_hz);
  const double low = mel_of_hz(options.low_hz, options.scale);
  const double step =
      (mel_of_hz(high_hz, options.scale) - low) / static_cast<double>(options.bands + 1);
  const int64_t bins = transform / 2 + 1;
  Tensor out({bins, options.bands});
  for (int64_t band = 0; band < options.bands; ++band) {
    const auto corner = [&](int64_t i) {
      return hz_of_mel(low + step * static_cast<double>(band + i), options.scale);
    };
    const double left = corner(0), top = corner(1), right = corner(2);
    const double height = options.unit_area ? 2 / (right - left) : 1;
    for (int64_t bin = 0; bin < bins; ++bin) {
      const double hz = static_cast<double>(bin) * sample_rate / static_cast<double>(transform);
      const double part = std::min((hz - left) / (top - left), (right - hz) / (right - top));
      out.data()[bin * options.bands + band] = static_cast<float>(height * std::max(part, 0.0));
    }
  }
  return out;
}

Tensor log_mel(const Tensor& samples, double sample_rate, const StftOptions& stft,
               const MelOptions& mel) {
  CHECK(mel.floor > 0);
  Tensor out =
      product(power_spectrum(samples, stft), mel_filters(sample_rate, stft.transform, mel));
  for (float& value : out.values()) value = std::log(std::max(value, mel.floor));
  return out;
}

Tensor mfcc(const Tensor& log_mel, int64_t count) {
  CHECK(log_mel.shape().rank() == 2);
  const int64_t bands = log_mel.shape()[1];
  CHECK(0 < count);
  CHECK(count <= bands);
  Tensor cosines({bands, count});
  for (int64_t n = 0; n < bands; ++n)
    for (int64_t k = 0; k < count; ++k) {
      const double angle = kPi * static_cast<double>(k) * (static_cast<double>(n) + 0.5) /
                           static_cast<double>(bands);
      const double norm = std::sqrt((k == 0 ? 1.0 : 2.0) / static_cast<double>(bands));
      cosines.data()[n * count + k] = static_cast<float>(norm * std::cos(angle));
    }
  return product(log_mel, cosines);
}

TensorTransform spec_augment(const SpecAugmentOptions& options) {
  CHECK(options.time_width >= 0);
  CHECK(options.frequency_width >= 0);
  return [options](const Tensor& x, Rng& rng) {
    CHECK(x.shape().rank() == 2);
    Tensor out = x.clone();
    for (int i = 0; i < options.time_masks; ++i)
      mask(out, 0, options.time_width, options.value, rng);
    for (int i = 0; i < options.frequency_masks; ++i)
      mask(out, 1, options.frequency_width, options.value, rng);
    return out;
  };
}

}  // namespace tengen::nn
