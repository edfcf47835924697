#include "tools/demos/encoder_decoder.h"

#include <algorithm>

#include "nn/base/check.h"
#include "nn/data/vocabulary.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: a network, and nothing else

EncoderDecoder::EncoderDecoder(const EncoderDecoderOptions& options, Rng& rng)
    : source_(options.source_tokens, options.embedding, rng),
      target_(options.target_tokens, options.embedding, rng),
      source_dropout_(options.dropout, rng),
      target_dropout_(options.dropout, rng),
      feature_dropout_(options.dropout, rng),
      encoder_(options.embedding, options.hidden, rng, {.bidirectional = true}),
      decoder_(options.embedding, options.hidden, rng),
      first_(2 * options.hidden, options.hidden, rng),
      key_(2 * options.hidden, options.hidden, rng, false),
      feature_(3 * options.hidden, options.embedding, rng),
      scores_(options.embedding, options.target_tokens, rng) {
  add_child("source", source_);
  add_child("target", target_);
  add_child("source_dropout", source_dropout_);
  add_child("target_dropout", target_dropout_);
  add_child("feature_dropout", feature_dropout_);
  add_child("encoder", encoder_);
  add_child("decoder", decoder_);
  add_child("first", first_);
  add_child("key", key_);
  add_child("feature", feature_);
  add_child("scores", scores_);
}

EncoderDecoder::Memory EncoderDecoder::read(const Var& source,
                                            const std::vector<int32_t>& lengths) {
  const Var embedded = source_dropout_.forward(source_.forward(source));
  const RecurrentLayer::Sequence both_ways = encoder_.forward(embedded, {}, lengths);
  Memory memory;
  memory.values = source_dropout_.forward(both_ways.y);
  memory.keys = key_.forward(memory.values);
  if (!lengths.empty()) memory.mask.lengths = Var(id_tensor(lengths).to(source.value().device()));
  const Var ends = concat({both_ways.last[0].h, both_ways.last[1].h}, 1);
  memory.first = {{tanh(first_.forward(ends)), Var()}};
  return memory;
}

EncoderDecoder::Written EncoderDecoder::write(const Var& tokens, const Memory& memory,
                                              const States& from) {
  const Var embedded = target_dropout_.forward(target_.forward(tokens));
  RecurrentLayer::Sequence said = decoder_.forward(embedded, from);
  Written written;
  const Var seen = scaled_dot_product_attention(said.y, memory.keys, memory.values, memory.mask,
                                                &written.attention);
  const Var joined = concat({said.y, seen}, 2);
  written.features =
      feature_dropout_.forward(tanh(feature_.forward(feature_dropout_.forward(joined))));
  written.last = std::move(said.last);
  return written;
}

Var EncoderDecoder::scores(const Var& features) { return scores_.forward(features); }

Var pair_loss(EncoderDecoder& net, const Batch& batch, float label_smoothing) {
  const Tensor &source = batch.fields.at(0), &target = batch.fields.at(1);
  const int64_t n = batch.size(), steps = target.shape()[1] - 1;
  const std::vector<int32_t> lengths(batch.lengths.at(0).begin(), batch.lengths.at(0).end());
  std::vector<int32_t> real;  // the places of [N,T] that hold a token to be scored
  for (int64_t row = 0; row < n; ++row)
    for (int64_t step = 0; step + 1 < batch.lengths.at(1)[row]; ++step)
      real.push_back(static_cast<int32_t>(row * steps + step));
  const Var places(id_tensor(real).to(target.device())), words{target};

  const EncoderDecoder::Memory memory = net.read(Var(source), lengths);
  const Var features = net.write(slice(words, 1, 0, steps), memory, memory.first).features;
  const Var next = gather(reshape(slice(words, 1, 1, steps + 1), {n * steps}), places);
  const Var scored = gather(reshape(features, {n * steps, features.shape()[2]}), places);
  return class_cross_entropy(net.scores(scored), next.value(),
                             {.label_smoothing = label_smoothing});
}

}  // namespace tengen::tools
