// `tengen demo translate`: an encoder-decoder with attention learns one language's sentences for
// another's, dates in words for ISO dates by default, and is held to BLEU.
#include <fmt/core.h>

#include "nn/base/check.h"
#include "nn/optim/optimizer.h"
#include "nn/training/fit.h"
#include "tools/demos/date_pairs.h"
#include "tools/demos/demo_run.h"
#include "tools/demos/pair_scores.h"
#include "tools/demos/pair_sets.h"
#include "tools/demos/translator.h"
#include "tools/pictures/chart.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: the page is about nothing else

namespace {

struct TranslateOptions {
  std::string from = "de", to = "en";  // endings of the files in a folder
  std::string source, target;          // two line-aligned files instead of a folder
  int64_t samples = 1 << 30;           // of each part that are used
  int64_t beam = 5;
};

// Letter by letter, for dates and other spellings, or word by word.
struct TranslateRecipe {
  TranslatorOptions net;
  int64_t batch_size, epochs;
  float rate;
};

TranslateRecipe recipe_of(const std::string& name) {
  if (name == "characters")
    return {
        {.max_tokens = 80, .net = {.embedding = 32, .hidden = 64, .dropout = 0.1f}}, 32, 8, 5e-3f};
  return {{.unit = VocabularyOptions::Unit::kWord, .min_count = 2}, 64, 6, 2e-3f};
}

PairSets read_pairs(const DemoOptions& options, const TranslateOptions& own) {
  PairSets sets;
  if (own.source.empty() != own.target.empty())
    throw Error("--source and --target are the two halves of one collection; give both");
  if (!own.source.empty())
    sets = dealt(own.source, read_parallel(own.source, own.target));
  else if (!options.data.empty())
    sets = read_pair_folder(options.data, own.from, own.to);
  else
    sets = dealt("dates, made by the program", date_pairs(6000, 0));
  cut_down(sets, own.samples);
  in_small_letters(sets, true);
  fmt::print("pairs: {}; {} to learn from, {} for validation, {} for the test\n", sets.name,
             sets.train.size(), sets.validation.size(), sets.test.size());
  return sets;
}

// Where the decoder looked while it wrote.
void draw_attention(DemoRun& run, Translator& translator, const std::vector<TextPair>& pairs,
                    int64_t beam) {
  constexpr size_t kPictures = 3;
  for (size_t i = 0; i < std::min(kPictures, pairs.size()); ++i) {
    const Translation shown = translator.translate(pairs[i].first, beam);
    if (!shown.attention.defined()) continue;
    run.picture(fmt::format("attention-{}", i + 1),
                matrix_chart(shown.attention, {.title = "where the decoder looked",
                                               .x_label = "read",
                                               .y_label = "written",
                                               .rows = shown.written,
                                               .columns = shown.read,
                                               .numbers = false}));
  }
}

Figures run(const DemoOptions& options, const TranslateOptions& own) {
  DemoRun run("translate", options);
  const TranslateRecipe recipe = recipe_of(options.recipe);
  const PairSets sets = read_pairs(options, own);
  Rng rng(options.seed);
  Translator translator(sets.train, recipe.net, rng);
  fmt::print("network: {}\n", translator.sizes());

  const Loader train = translator.batches(sets.train, recipe.batch_size, options.seed);
  const Loader kept_apart = translator.batches(sets.validation, 64, {});
  run.place(translator.net());
  const auto adam = make_adam(translator.net().parameters(), {});
  const BatchLoss loss = [&](const Batch& batch) {
    return pair_loss(translator.net(), batch, 0.1f);
  };
  const Validation validation{{"nats"}, [&] { return std::vector{translator.loss(kept_apart)}; }};
  FitOptions fitting = run.fit_options(options.recipe, recipe.epochs);
  const int64_t steps = fitting.epochs * train.batches();
  fitting.rate = with_warmup(cosine_rate(recipe.rate, steps, 0.02f), steps / 20);
  fitting.clip_gradient = 1.0f;
  fitting.average_decay = 0.998f;
  const FitResult result = fit(translator.net(), *adam, train, loss, validation, fitting);

  const PairScores tested = test_pairs(translator, sets.test, own.beam);
  fmt::print(
      "\ntest: BLEU {:.2f} of words and punctuation in small letters; {:.2f} % word for word "
      "as the reference\n",
      100 * tested.bleu, 100 * tested.exact);
  if (run.pictures()) {
    run.curves(options.recipe, result, validation);
    draw_attention(run, translator, sets.test, own.beam);
  }
  run.save(translator.net(), translator.architecture());
  run.finish();
  return {{"test BLEU", 100 * tested.bleu, ""},
          {"test exact", 100 * tested.exact, "%"},
          {"validation loss", result.epochs[result.best].measures[0], "nats a token"},
          {"training", result.seconds, "s"}};
}

}  // namespace

Demo translate_demo() {
  const auto own = std::make_shared<TranslateOptions>();
  const auto add_options = [own](CLI::App& app) {
    app.add_option("--from", own->from, "Ending of the files to read in a folder")
        ->capture_default_str();
    app.add_option("--to", own->to, "Ending of the files to write")->capture_default_str();
    app.add_option("--source", own->source, "One file of texts, a line each, and ...")
        ->check(CLI::ExistingFile);
    app.add_option("--target", own->target, "... what they are in the other language")
        ->check(CLI::ExistingFile);
    app.add_option("--samples", own->samples, "Use only so many pairs of each part")
        ->check(CLI::Range(1, 1 << 30));
    app.add_option("--beam", own->beam, "Width of the beam search; 1: the likeliest word each time")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
  };
  return {.name = "translate",
          .about = "An encoder-decoder with attention translates",
          .data_help =
              "Folder of line-aligned files as Multi30k's (train.de, train.en, val.de ...); "
              "without it, dates are made",
          .recipes = {{"characters", "letter by letter, small: for dates"},
                      {"words", "word by word: for sentences"}},
          .bench = {"words"},
          .add_options = add_options,
          .run = [own](const DemoOptions& options) { return run(options, *own); },
          .serve =
              [](const TrainedNet& file) {
                return Translator::serve(file, "a text to be translated");
              }};
}

}  // namespace tengen::tools
