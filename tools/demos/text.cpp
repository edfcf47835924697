// `tengen demo text`: an LSTM (Hochreiter and Schmidhuber 1997) or a GRU (Cho et al. 2014) learns
// which character comes next, then writes a text of its own.
#include <fmt/core.h>

#include <cmath>
#include <numbers>

#include "nn/base/check.h"
#include "nn/data/loader.h"
#include "nn/data/sequences.h"
#include "nn/optim/optimizer.h"
#include "nn/training/fit.h"
#include "tools/demos/character_model.h"
#include "tools/demos/default_text.h"
#include "tools/demos/demo_run.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: the page is about nothing else

namespace {

constexpr int64_t kWindow = 128;         // characters that gradients reach back over
constexpr int64_t kShortText = 200'000;  // whose windows overlap, for there are few
constexpr uint64_t kWritingStream = 7;   // of the random numbers that texts are drawn with

struct TextOptions {
  std::string prompt;  // empty: a new paragraph
  WritingOptions writing = {};
  int64_t hidden = 256;          // cells of a layer
  int64_t characters = 1 << 30;  // of the text that is used
};

struct Texts {
  Vocabulary characters;
  std::vector<int32_t> train, validation;  // the last tenth
};

Texts read_texts(const std::string& path, int64_t limit) {
  NamedText file = path.empty() ? default_text() : NamedText{path, read_text(path)};
  std::vector<std::string_view> all = split_characters(file.text);
  if (static_cast<int64_t>(all.size()) > limit) all.resize(static_cast<size_t>(limit));
  if (static_cast<int64_t>(all.size()) < 4 * kWindow)
    throw Error(fmt::format("{}: {} characters; give a text of at least {}, better a million",
                            file.name, all.size(), 4 * kWindow));
  const std::string_view used(all.front().data(), all.back().end() - all.front().begin());
  Texts texts{Vocabulary(used, {}), {}, {}};
  texts.train = texts.characters.encode(used);
  const auto end_of_training = texts.train.end() - static_cast<long>(all.size() / 10);
  texts.validation.assign(end_of_training, texts.train.end());
  texts.train.erase(end_of_training, texts.train.end());
  fmt::print("text: {}, {} characters, {} different; the last tenth is kept for validation\n",
             file.name, all.size(), texts.characters.size());
  return texts;
}

// Of a paragraph, if the text has lines.
std::string beginning(const Texts& texts) {
  return texts.characters.has("\n") ? "\n\n" : texts.characters.token(texts.train.front());
}

// Scores [N,T,n] against the characters [N,T] that came, in nats a character.
Var surprise(const Var& scores, const Tensor& came) {
  const int64_t rows = came.size();
  return class_cross_entropy(reshape(scores, {rows, scores.shape()[2]}), came.reshape({rows}));
}

// Over all of a text, cut into a few rows side by side whose states are carried along.
double mean_surprise(CharacterModel& model, const std::vector<int32_t>& text) {
  const NoGrad no_grad;
  const auto pairs = static_cast<int64_t>(text.size()) - 1;
  const int64_t rows = std::clamp<int64_t>(pairs / (4 * kWindow), 1, 32), length = pairs / rows;
  CharacterModel::States states;
  double sum = 0.0;
  for (int64_t begin = 0; begin < length; begin += kWindow) {
    const int64_t steps = std::min(kWindow, length - begin);
    Tensor given({rows, steps}), came({rows, steps});
    for (int64_t i = 0; i < rows * steps; ++i) {
      const int64_t at = i / steps * length + begin + i % steps;
      given.data()[i] = static_cast<float>(text[at]);
      came.data()[i] = static_cast<float>(text[at + 1]);
    }
    const Var loss = surprise(model.forward(Var(given), &states), came);
    sum += loss.value().item() * static_cast<double>(steps);
  }
  return sum / static_cast<double>(length);
}

Figures run(const DemoOptions& options, const TextOptions& own) {
  DemoRun run("text", options);
  const Texts texts = read_texts(options.data, own.characters);
  const bool is_short = static_cast<int64_t>(texts.train.size()) < kShortText;

  Rng rng(options.seed);
  const CharacterModelOptions shape{
      .gru = options.recipe == "gru", .characters = texts.characters.size(), .hidden = own.hidden};
  CharacterModel model(shape, rng);
  const Loader train(window_dataset(texts.train, kWindow, is_short ? kWindow / 4 : kWindow),
                     {.batch_size = 32, .seed = options.seed});
  run.place(model);
  const auto adam = make_adam(model.parameters(), {});

  const BatchLoss loss = [&](const Batch& batch) {
    return surprise(model.forward(Var(batch.input())), batch.target());
  };
  const Validation validation{{"nats"},
                              [&] { return std::vector{mean_surprise(model, texts.validation)}; }};
  FitOptions fitting = run.fit_options(options.recipe, 8);
  const int64_t steps = fitting.epochs * train.batches();
  fitting.rate = with_warmup(cosine_rate(3e-3f, steps, 0.02f), steps / 20);
  fitting.clip_gradient = 1.0f;
  fitting.average_decay = is_short ? 0.0f : 0.995f;
  const FitResult result = fit(model, *adam, train, loss, validation, fitting);

  const double nats = result.epochs[result.best].measures[0];
  fmt::print("validation: {:.4f} nats or {:.4f} bits a character\n", nats,
             nats / std::numbers::ln2);
  Rng writing(options.seed, kWritingStream);
  const std::string prompt = own.prompt.empty() ? beginning(texts) : own.prompt;
  fmt::print("\n{}\n\n", written_text(model, texts.characters, prompt, own.writing, writing));

  if (run.pictures()) run.curves(options.recipe, result, validation);
  run.save(model, {{"kind", options.recipe},
                   {"characters", texts.characters.to_json()},
                   {"embedding", shape.embedding},
                   {"hidden", shape.hidden},
                   {"layers", shape.layers}});
  run.finish();
  return {{"validation loss", nats, "nats a character"},
          {"validation loss in bits", nats / std::numbers::ln2, "bits a character"},
          {"training", result.seconds, "s"}};
}

Served ask(const TrainedNet& file) {
  const auto characters =
      std::make_shared<Vocabulary>(Vocabulary::from_json(file.text("characters")));
  Rng rng(0);
  const auto model =
      std::make_shared<CharacterModel>(CharacterModelOptions{.gru = file.text("kind") == "gru",
                                                             .characters = characters->size(),
                                                             .embedding = file.number("embedding"),
                                                             .hidden = file.number("hidden"),
                                                             .layers = file.number("layers")},
                                       rng);
  load_into(*model, file);
  model->train(false);
  Served served;
  served.net = model;
  served.forward = [model](const std::vector<Var>& in) {
    return std::vector{model->forward(in.at(0))};
  };
  served.input_shapes = {{1, kWindow}};
  served.any_batch = false;  // the states begin at zero in so many rows
  served.answer = [model, characters](const std::string& prompt) {
    Rng writing(1, kWritingStream);
    return written_text(*model, *characters, prompt, {}, writing);
  };
  served.input_help = "the beginning of a text, which is continued";
  return served;
}

}  // namespace

Demo text_demo() {
  const auto own = std::make_shared<TextOptions>();
  const auto add_options = [own](CLI::App& app) {
    app.add_option("--prompt", own->prompt,
                   "The text that the sample goes on from; else a new paragraph");
    app.add_option("--temperature", own->writing.temperature,
                   "Of the sample: below 1 safer, above 1 wilder, 0 always the likeliest")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    app.add_option("--length", own->writing.length, "Characters of the sample")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--hidden", own->hidden, "Cells of each of the two layers")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    app.add_option("--characters", own->characters, "Use only so many of the text, from its first")
        ->check(CLI::Range(1, 1 << 30));
  };
  return {.name = "text",
          .about = "A recurrent network learns a text by character and writes on",
          .data_help = "Text file (UTF-8, plain or gzip); without it, the GNU GPL as Debian has it",
          .recipes = {{"lstm", "two layers of LSTM cells"}, {"gru", "two layers of GRU cells"}},
          .bench = {"lstm"},
          .add_options = add_options,
          .run = [own](const DemoOptions& options) { return run(options, *own); },
          .serve = ask};
}

}  // namespace tengen::tools
