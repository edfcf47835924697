#include "tools/demos/character_model.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "nn/data/text.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: made of nothing else

namespace {

std::unique_ptr<RecurrentLayer> recurrent(const CharacterModelOptions& options, Rng& rng) {
  const RecurrentLayerOptions stack{.layers = options.layers, .dropout = options.dropout};
  if (options.gru) return std::make_unique<Gru>(options.embedding, options.hidden, rng, stack);
  return std::make_unique<Lstm>(options.embedding, options.hidden, rng, stack);
}

// A character drawn by its score.
int32_t drawn(std::span<const float> scores, double temperature, Rng& rng) {
  const auto best = std::max_element(scores.begin(), scores.end());
  if (temperature == 0) return static_cast<int32_t>(best - scores.begin());
  std::vector<float> chances;
  for (const float score : scores)
    chances.push_back(static_cast<float>(std::exp((score - *best) / temperature)));
  return rng.pick(chances);
}

}  // namespace

CharacterModel::CharacterModel(const CharacterModelOptions& options, Rng& rng)
    : embedding_(options.characters, options.embedding, rng),
      memory_(recurrent(options, rng)),
      dropout_(options.dropout, rng),
      scores_(options.hidden, options.characters, rng) {
  add_child("embedding", embedding_);
  add_child(options.gru ? "gru" : "lstm", *memory_);
  add_child("dropout", dropout_);
  add_child("scores", scores_);
}

Var CharacterModel::forward(const Var& x, States* states) {
  RecurrentLayer::Sequence read =
      memory_->forward(embedding_.forward(x), states ? *states : States());
  if (states) *states = std::move(read.last);
  return scores_.forward(dropout_.forward(read.y));
}

std::string written_text(CharacterModel& model, const Vocabulary& characters,
                         const std::string& prompt, const WritingOptions& options, Rng& rng) {
  if (prompt.empty()) throw Error("prompt: empty; give the beginning of a text");
  for (const std::string_view character : split_characters(prompt))
    if (!characters.has(character))
      throw Error("prompt: \"" + std::string(character) +
                  "\" is not in the text that was learned; leave it out");
  const NoGrad no_grad;
  CharacterModel::States states;
  std::vector<int32_t> text = characters.encode(prompt);
  std::vector<int32_t> unread = text;
  for (int64_t i = 0; i < options.length; ++i) {
    const auto count = static_cast<int64_t>(unread.size());
    const Var scores = model.forward(Var(id_tensor(unread).reshape({1, count})), &states);
    const auto last = scores.value().values().last(static_cast<size_t>(characters.size()));
    text.push_back(drawn(last, options.temperature, rng));
    unread = {text.back()};
  }
  return characters.decode(text);
}

}  // namespace tengen::tools
