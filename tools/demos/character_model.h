// A network that says which character comes next, and texts that it writes itself (Graves 2013,
// "Generating Sequences With Recurrent Neural Networks", sections 2 and 3).
#pragma once

#include <memory>
#include <string>

#include "nn/data/vocabulary.h"
#include "nn/layers/dropout.h"
#include "nn/layers/embedding.h"
#include "nn/layers/linear.h"
#include "nn/layers/recurrent.h"

namespace tengen::tools {

struct CharacterModelOptions {
  bool gru = false;        // else an LSTM
  int64_t characters = 0;  // of the vocabulary
  int64_t embedding = 64;  // width of one character
  int64_t hidden = 256;    // of each layer
  int64_t layers = 2;
  float dropout = 0.3f;  // of the outputs of every layer
};

class CharacterModel : public nn::Layer {
 public:
  using States = nn::RecurrentLayer::States;

  CharacterModel(const CharacterModelOptions& options, Rng& rng);

  // Characters [N,T] -> scores [N,T,characters] of those that come after them.
  nn::Var forward(const nn::Var& x) override { return forward(x, nullptr); }
  // From `*states` (empty: the beginning of a text), which it leaves after the last character.
  nn::Var forward(const nn::Var& x, States* states);

 private:
  nn::Embedding embedding_;
  std::unique_ptr<nn::RecurrentLayer> memory_;
  nn::Dropout dropout_;
  nn::Linear scores_;
};

struct WritingOptions {
  // The scores are divided by it: below 1 the likely becomes likelier; 0 takes the likeliest.
  double temperature = 0.8;
  int64_t length = 500;  // characters after the prompt
};

// The prompt and what the model writes after it. The model must be in evaluation. Error names a
// character of the prompt that the vocabulary lacks.
std::string written_text(CharacterModel& model, const nn::Vocabulary& characters,
                         const std::string& prompt, const WritingOptions& options, Rng& rng);

}  // namespace tengen::tools
