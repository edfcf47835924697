#include "tools/demos/tone_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

#include "nn/base/rng.h"

namespace tengen::tools {
namespace {

constexpr std::string_view kKeys = "123456789*0#";  // three a row
constexpr std::array<double, 4> kRowHz{697, 770, 852, 941};
constexpr std::array<double, 3> kColumnHz{1209, 1336, 1477};
constexpr int64_t kTelephones = 6;

double between(Rng& rng, double least, double greatest) {
  return least + (greatest - least) * rng.uniform();
}

struct Telephone {
  double tuning;   // factor of the frequencies
  double balance;  // of the lower tone's height; the upper has 1 / balance
};

nn::Tensor dialled(size_t key, const Telephone& telephone, Rng& rng) {
  const auto length = static_cast<int64_t>(kSpeechRate * between(rng, 0.1, 0.5));
  const double loudness = between(rng, 0.05, 0.3);
  const double noise = loudness * std::pow(10, -between(rng, 0, 20) / 20);
  const double low = kRowHz[key / 3] * telephone.tuning;
  const double high = kColumnHz[key % 3] * telephone.tuning;
  const double low_phase = between(rng, 0, 1), high_phase = between(rng, 0, 1);
  const auto sine = [](double hz, double seconds, double phase) {
    return std::sin(2 * std::numbers::pi * (hz * seconds + phase));
  };
  nn::Tensor samples({length});
  for (int64_t i = 0; i < length; ++i) {
    const double seconds = static_cast<double>(i) / kSpeechRate;
    const double tones = telephone.balance * sine(low, seconds, low_phase) +
                         sine(high, seconds, high_phase) / telephone.balance;
    samples.data()[i] =
        static_cast<float>(std::clamp(loudness * tones + noise * rng.normal(), -1.0, 1.0));
  }
  return samples;
}

}  // namespace

SpokenWords tone_words(const ToneWordsOptions& options) {
  SpokenWords spoken;
  spoken.source = "the tones of a telephone's keys, made here";
  for (const char key : kKeys) spoken.words.emplace_back(1, key);
  for (int64_t speaker = 0; speaker < kTelephones; ++speaker) {
    spoken.speakers.push_back("telephone" + std::to_string(speaker + 1));
    Rng rng(options.seed, static_cast<uint64_t>(speaker));
    const Telephone telephone{between(rng, 0.97, 1.03), std::pow(2, between(rng, -0.5, 0.5))};
    for (size_t key = 0; key < kKeys.size(); ++key)
      for (int64_t take = 0; take < options.takes; ++take)
        spoken.utterances.push_back(
            {dialled(key, telephone, rng), static_cast<int64_t>(key), speaker, take});
  }
  return spoken;
}

}  // namespace tengen::tools
