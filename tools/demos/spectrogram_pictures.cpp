#include "tools/demos/spectrogram_pictures.h"

#include <fmt/core.h>

#include "tools/pictures/image_grid.h"

namespace tengen::tools {
namespace {

// Sample `index` with time to the right and high frequencies at the top: [count,frames].
nn::Tensor spectrogram(const nn::Tensor& features, int64_t index) {
  const int64_t frames = features.shape()[1], count = features.shape()[2];
  const float* from = features.data() + index * frames * count;
  nn::Tensor out({count, frames});
  for (int64_t frame = 0; frame < frames; ++frame)
    for (int64_t band = 0; band < count; ++band)
      out.data()[(count - 1 - band) * frames + frame] = from[frame * count + band];
  return stretched(out);
}

int64_t best_of(const nn::Tensor& scores, int64_t index) {
  const int64_t classes = scores.shape()[1];
  const float* row = scores.data() + index * classes;
  return std::max_element(row, row + classes) - row;
}

constexpr int kScale = 3;

}  // namespace

nn::Tensor words_picture(const ClassAnswers& answers, const std::vector<std::string>& words) {
  std::vector<GridImage> sounds(words.size());
  for (int64_t i = answers.classes.size() - 1; i >= 0; --i) {
    const auto word = static_cast<size_t>(answers.classes.data()[i]);
    sounds[word] = {spectrogram(answers.inputs, i), words[word]};
  }
  std::erase_if(sounds, [](const GridImage& sound) { return !sound.pixels.defined(); });
  return image_grid(
      sounds,
      {.title = "What the network hears: 0.8 s, low to high", .columns = 4, .scale = kScale});
}

nn::Tensor misheard_picture(const ClassAnswers& answers, const std::vector<std::string>& words) {
  constexpr size_t kMost = 40;
  std::vector<GridImage> sounds;
  for (int64_t i = 0; i < answers.classes.size() && sounds.size() < kMost; ++i) {
    const auto said = static_cast<int64_t>(answers.classes.data()[i]);
    const int64_t heard = best_of(answers.scores, i);
    if (heard != said)
      sounds.push_back(
          {spectrogram(answers.inputs, i), fmt::format("{}, not {}", words[said], words[heard])});
  }
  const std::string title = sounds.empty() ? "No word was misheard" : "What was misheard";
  return image_grid(sounds, {.title = title, .scale = kScale});
}

}  // namespace tengen::tools
