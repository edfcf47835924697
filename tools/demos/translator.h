// A trained encoder-decoder with its two vocabularies: text in, text out.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nn/data/loader.h"
#include "nn/data/sequences.h"
#include "nn/data/vocabulary.h"
#include "tools/demos/encoder_decoder.h"
#include "tools/demos/trained_net.h"

namespace tengen::tools {

struct TranslatorOptions {
  nn::VocabularyOptions::Unit unit = nn::VocabularyOptions::Unit::kCharacter;
  int64_t min_count = 1;           // a token that is rarer in training is unknown
  int64_t max_tokens = 50;         // of a text; the rest is cut off
  EncoderDecoderOptions net = {};  // the numbers of tokens are filled in
};

struct Translation {
  std::string text;
  std::vector<std::string> read, written;  // tokens; `read` ends with <eos>
  nn::Tensor attention;                    // [written,read]; empty if nothing was written
};

class Translator {
 public:
  // A new network for pairs like these, whose sources are in small letters, as translate() reads.
  Translator(std::span<const nn::TextPair> pairs, const TranslatorOptions& options, Rng& rng);
  explicit Translator(const TrainedNet& file);

  EncoderDecoder& net() { return *net_; }
  nlohmann::json architecture() const;  // what the second constructor needs
  std::string sizes() const;            // "7838 words read, 5948 written, 4.8 million weights"

  // Batches for pair_loss(): shuffled, pairs of like lengths together; without a seed in order.
  nn::Loader batches(std::span<const nn::TextPair> pairs, int64_t batch_size,
                     std::optional<uint64_t> seed) const;
  // Mean cross-entropy a token in nats; the network must be in evaluation.
  double loss(const nn::Loader& batches);

  // The best that a beam of this width finds. What the decoder calls an unknown word is copied
  // from where it looked most (Luong et al. 2015, "Addressing the Rare Word Problem"). The network
  // must be in evaluation.
  Translation translate(const std::string& text, int64_t beam = 5);

  // To be asked by `tengen predict`, and exported as a function of a source [1,S] and a target so
  // far [1,T], the scores [1,T,tokens] of what comes next.
  static Served serve(const TrainedNet& file, const std::string& input_help);

 private:
  std::vector<int32_t> best_tokens(const EncoderDecoder::Memory& memory, int64_t beam);
  std::vector<int32_t> tokens_of(const std::string& text) const;  // of a source, with <eos>

  TranslatorOptions options_;
  nn::Vocabulary source_, target_;
  std::shared_ptr<EncoderDecoder> net_;
};

}  // namespace tengen::tools
