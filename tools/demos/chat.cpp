// `tengen demo chat`: the model of `tengen demo translate` learns replies for prompts (Vinyals and
// Le 2015, "A Neural Conversational Model"), then talks.
#include <fmt/core.h>
#include <unistd.h>

#include <iostream>

#include "nn/optim/optimizer.h"
#include "nn/training/fit.h"
#include "tools/demos/demo_run.h"
#include "tools/demos/help_desk.h"
#include "tools/demos/pair_scores.h"
#include "tools/demos/pair_sets.h"
#include "tools/demos/translator.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: the page is about nothing else

namespace {

struct ChatOptions {
  std::vector<int> columns = {1, 2};  // of prompt and reply in a file, from 1
  int64_t samples = 1 << 30;          // of each part that are used
  bool talk = false;                  // even where standard input is no terminal
};

PairSets read_pairs(const DemoOptions& options, const ChatOptions& own) {
  PairSets sets = options.data.empty()
                      ? dealt("a help desk, made by the program", help_desk_pairs(3000, 0))
                      : dealt(options.data, read_tsv_pairs(options.data, own.columns.at(0) - 1,
                                                           own.columns.at(1) - 1));
  cut_down(sets, own.samples);
  in_small_letters(sets, false);  // replies keep their capitals
  fmt::print("pairs: {}; {} to learn from, {} for validation, {} for the test\n", sets.name,
             sets.train.size(), sets.validation.size(), sets.test.size());
  return sets;
}

// A reply for every line, until there are no more.
void talk(Translator& translator) {
  fmt::print("Say something; Ctrl-D ends.\n");
  for (std::string line; fmt::print("> "), std::cout << std::flush, std::getline(std::cin, line);)
    fmt::print("{}\n", translator.translate(line).text);
  fmt::print("\n");
}

Figures run(const DemoOptions& options, const ChatOptions& own) {
  DemoRun run("chat", options);
  const bool large = options.recipe == "large";
  const PairSets sets = read_pairs(options, own);
  Rng rng(options.seed);
  TranslatorOptions shape{.unit = VocabularyOptions::Unit::kWord};
  if (!large) shape.net = {.embedding = 48, .hidden = 64, .dropout = 0.1f};
  Translator translator(sets.train, shape, rng);
  fmt::print("network: {}\n", translator.sizes());

  const Loader train = translator.batches(sets.train, 32, options.seed);
  const Loader kept_apart = translator.batches(sets.validation, 64, {});
  run.place(translator.net());
  const auto adam = make_adam(translator.net().parameters(), {});
  const BatchLoss loss = [&](const Batch& batch) {
    return pair_loss(translator.net(), batch, 0.05f);
  };
  const Validation validation{{"nats"}, [&] { return std::vector{translator.loss(kept_apart)}; }};
  FitOptions fitting = run.fit_options(options.recipe, large ? 20 : 8);
  const int64_t steps = fitting.epochs * train.batches();
  fitting.rate = with_warmup(cosine_rate(large ? 1e-3f : 5e-3f, steps, 0.02f), steps / 20);
  fitting.clip_gradient = 1.0f;
  const FitResult result = fit(translator.net(), *adam, train, loss, validation, fitting);

  const PairScores tested = test_pairs(translator, sets.test, 5);
  fmt::print("test: {:.2f} % of the replies are word for word as expected, BLEU {:.2f}\n",
             100 * tested.exact, 100 * tested.bleu);
  if (run.pictures()) run.curves(options.recipe, result, validation);
  run.save(translator.net(), translator.architecture());
  run.finish();
  if (own.talk || (options.interactive && ::isatty(STDIN_FILENO))) talk(translator);
  return {{"test exact", 100 * tested.exact, "%"},
          {"test BLEU", 100 * tested.bleu, ""},
          {"validation loss", result.epochs[result.best].measures[0], "nats a token"},
          {"training", result.seconds, "s"}};
}

}  // namespace

Demo chat_demo() {
  const auto own = std::make_shared<ChatOptions>();
  const auto add_options = [own](CLI::App& app) {
    app.add_option("--columns", own->columns, "Which columns of the file are prompt and reply")
        ->expected(2)
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--samples", own->samples, "Use only so many pairs of each part")
        ->check(CLI::Range(1, 1 << 30));
    app.add_flag("--talk", own->talk, "Answer lines of standard input at the end, as a terminal's");
  };
  return {
      .name = "chat",
      .about = "The same network learns replies, and talks",
      .data_help = "File of prompts and replies, tab-separated; without it, a help desk is made",
      .recipes = {{"small", "hidden width 64: for a help desk"},
                  {"large", "hidden width 256: for a file with many words"}},
      .bench = {"small"},
      .add_options = add_options,
      .run = [own](const DemoOptions& options) { return run(options, *own); },
      .serve = [](const TrainedNet& file) { return Translator::serve(file, "a prompt"); }};
}

}  // namespace tengen::tools
