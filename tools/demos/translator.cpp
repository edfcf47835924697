#include "tools/demos/translator.h"

#include <fmt/core.h>

#include <algorithm>

#include "nn/base/check.h"
#include "nn/beam_search.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: made of nothing else

namespace {

using Unit = VocabularyOptions::Unit;
constexpr int64_t kExportedLength = 16;  // of source and target in an exported graph

Vocabulary vocabulary_of(std::span<const TextPair> pairs, std::string TextPair::*side,
                         const TranslatorOptions& options) {
  std::string all;
  for (const TextPair& pair : pairs) (all += pair.*side) += ' ';
  return Vocabulary(all, {.unit = options.unit, .specials = true, .min_count = options.min_count});
}

TranslatorOptions options_of(const TrainedNet& file) {
  TranslatorOptions options;
  options.unit = file.text("unit") == "word" ? Unit::kWord : Unit::kCharacter;
  options.max_tokens = file.number("max_tokens");
  options.net.embedding = file.number("embedding");
  options.net.hidden = file.number("hidden");
  if (options.max_tokens < 1 || options.net.embedding < 1 || options.net.hidden < 1)
    throw Error(file.path + ": its architecture has a size below 1");
  return options;
}

std::shared_ptr<EncoderDecoder> network(EncoderDecoderOptions options, const Vocabulary& source,
                                        const Vocabulary& target, Rng& rng) {
  options.source_tokens = source.size();
  options.target_tokens = target.size();
  return std::make_shared<EncoderDecoder>(options, rng);
}

// The rows `parents` of the decoder's states.
EncoderDecoder::States chosen(const EncoderDecoder::States& states, const Var& parents) {
  EncoderDecoder::States out;
  for (const RecurrentState& state : states)
    out.push_back({gather(state.h, parents), state.c.defined() ? gather(state.c, parents) : Var()});
  return out;
}

// Words with blanks between them, but none before a sign that ends a phrase.
std::string joined(const std::vector<std::string>& tokens, Unit unit) {
  std::string text;
  for (const std::string& token : tokens) {
    const bool closes = token.size() == 1 && std::string_view(".,;:!?)").find(token) < 7;
    if (unit == Unit::kWord && !closes && !text.empty() && text.back() != '(') text += ' ';
    text += token;
  }
  return text;
}

}  // namespace

Translator::Translator(std::span<const TextPair> pairs, const TranslatorOptions& options, Rng& rng)
    : options_(options),
      source_(vocabulary_of(pairs, &TextPair::first, options)),
      target_(vocabulary_of(pairs, &TextPair::second, options)),
      net_(network(options.net, source_, target_, rng)) {}

Translator::Translator(const TrainedNet& file)
    : options_(options_of(file)),
      source_(Vocabulary::from_json(file.text("source_vocabulary"))),
      target_(Vocabulary::from_json(file.text("target_vocabulary"))) {
  const double width = static_cast<double>(options_.net.hidden);
  const double tokens = static_cast<double>(source_.size() + target_.size());
  file.expect_weights(static_cast<double>(options_.net.embedding) * (tokens + 4 * width) +
                      4 * width * width);
  Rng rng(0);
  net_ = network(options_.net, source_, target_, rng);
  load_into(*net_, file);
  net_->train(false);
}

nlohmann::json Translator::architecture() const {
  return {{"unit", options_.unit == Unit::kWord ? "word" : "character"},
          {"max_tokens", options_.max_tokens},
          {"embedding", options_.net.embedding},
          {"hidden", options_.net.hidden},
          {"source_vocabulary", source_.to_json()},
          {"target_vocabulary", target_.to_json()}};
}

std::string Translator::sizes() const {
  int64_t weights = 0;
  for (const NamedVar& parameter : net_->parameters()) weights += parameter.var.value().size();
  const char* unit = options_.unit == Unit::kWord ? "words" : "characters";
  return fmt::format("{} {} read, {} written, {:.1f} million weights", source_.size(), unit,
                     target_.size(), 1e-6 * static_cast<double>(weights));
}

Loader Translator::batches(std::span<const TextPair> pairs, int64_t batch_size,
                           std::optional<uint64_t> seed) const {
  const DatasetPtr dataset =
      pair_dataset(pairs, source_, target_, {.max_tokens = options_.max_tokens});
  LoaderOptions options{
      .batch_size = batch_size, .shuffle = seed.has_value(), .seed = seed.value_or(0)};
  options.padding = static_cast<float>(Vocabulary::kPad);
  for (int64_t i = 0; i < dataset->size(); ++i) {  // what is written is dear, so it counts first
    const Sample sample = dataset->get(i);
    options.lengths.push_back(sample[1].size() * (options_.max_tokens + 2) + sample[0].size());
  }
  return Loader(dataset, options);
}

double Translator::loss(const Loader& batches) {
  const NoGrad no_grad;
  double sum = 0.0;
  int64_t tokens = 0;
  for (const Batch& batch : batches.epoch(0)) {
    int64_t own = 0;
    for (const int64_t length : batch.lengths.at(1)) own += length - 1;
    sum += pair_loss(*net_, batch, 0.0f).value().item() * static_cast<double>(own);
    tokens += own;
  }
  return tokens == 0 ? 0.0 : sum / static_cast<double>(tokens);
}

std::vector<int32_t> Translator::tokens_of(const std::string& text) const {
  std::vector<int32_t> tokens = source_.encode(lower_case(text));
  if (static_cast<int64_t>(tokens.size()) > options_.max_tokens) tokens.resize(options_.max_tokens);
  tokens.push_back(Vocabulary::kEnd);
  return tokens;
}

std::vector<int32_t> Translator::best_tokens(const EncoderDecoder::Memory& memory, int64_t beam) {
  EncoderDecoder::States states = memory.first;
  const BeamStep step = [&](const std::vector<int64_t>& parents,
                            const std::vector<int32_t>& tokens) {
    const auto count = static_cast<int64_t>(tokens.size());
    const Var same{Tensor({count})};  // every hypothesis reads the one source
    const std::vector<int32_t> rows(parents.begin(), parents.end());
    const EncoderDecoder::Memory shared{
        gather(memory.keys, same), gather(memory.values, same), {}, {}};
    EncoderDecoder::Written written = net_->write(Var(id_tensor(tokens).reshape({count, 1})),
                                                  shared, chosen(states, Var(id_tensor(rows))));
    states = std::move(written.last);
    const Var scores = net_->scores(written.features);
    return log_softmax(reshape(scores, {count, target_.size()})).value();
  };
  const std::vector<Hypothesis> found =
      beam_search(step, {.width = beam,
                         .longest = options_.max_tokens,
                         .length_penalty = 1.0,
                         .begin = Vocabulary::kBegin,
                         .end = Vocabulary::kEnd,
                         .never = {Vocabulary::kPad, Vocabulary::kBegin}});
  return found.front().tokens;
}

Translation Translator::translate(const std::string& text, int64_t beam) {
  const NoGrad no_grad;
  Translation result;
  const std::vector<int32_t> source = tokens_of(text);
  for (const int32_t token : source) result.read.push_back(source_.token(token));
  const auto read = static_cast<int64_t>(source.size());
  const EncoderDecoder::Memory memory = net_->read(Var(id_tensor(source).reshape({1, read})));
  const std::vector<int32_t> target = best_tokens(memory, beam);
  if (target.empty()) return result;

  std::vector<int32_t> before = {Vocabulary::kBegin};  // of every token, the one before
  before.insert(before.end(), target.begin(), target.end() - 1);
  const auto written = static_cast<int64_t>(target.size());
  const Var given(id_tensor(before).reshape({1, written}));
  result.attention = net_->write(given, memory, memory.first).attention.reshape({written, read});
  // The words as they were spelled, those that the vocabulary lacks too.
  const std::string small = lower_case(text);
  const auto spelled = options_.unit == Unit::kWord ? split_words(small) : split_characters(small);
  for (int64_t i = 0; i + 1 < read; ++i) result.read[i] = spelled[i];
  for (int64_t step = 0; step < written; ++step) {
    const float* row = result.attention.data() + step * read;
    const bool copy = target[step] == Vocabulary::kUnknown && read > 1;
    result.written.push_back(copy ? result.read[std::max_element(row, row + read - 1) - row]
                                  : target_.token(target[step]));
  }
  result.text = joined(result.written, options_.unit);
  return result;
}

Served Translator::serve(const TrainedNet& file, const std::string& input_help) {
  const auto translator = std::make_shared<Translator>(file);
  Served served;
  served.net = translator->net_;
  served.forward = [net = translator->net_](const std::vector<Var>& in) {
    const EncoderDecoder::Memory memory = net->read(in.at(0));
    return std::vector{net->scores(net->write(in.at(1), memory, memory.first).features)};
  };
  served.input_shapes = {{1, kExportedLength}, {1, kExportedLength}};
  served.any_batch = false;
  served.answer = [translator](const std::string& text) {
    return translator->translate(text).text;
  };
  served.input_help = input_help;
  return served;
}

}  // namespace tengen::tools
