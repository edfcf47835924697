// `tengen demo NAME`: runs one demo, or with --bench its recipes over several seeds.
#include <fmt/core.h>

#include <memory>

#include "nn/training/fit.h"
#include "tools/bench.h"
#include "tools/commands.h"
#include "tools/demos/asked_options.h"
#include "tools/demos/demo.h"
#include "tools/demos/demo_bench.h"
#include "tools/device_option.h"
#include "tools/stop_signals.h"

namespace tengen::tools {
namespace {

constexpr int kExitInterrupted = 130;

struct DemoCommand {
  DemoOptions options;
  DemoBenchOptions bench;
  bool run_bench = false;
  std::string device = "auto";
};

void run_one(const Demo& demo, DemoOptions options, const std::string& asked) {
  if (options.recipe.empty()) options.recipe = demo.recipes.front().name;
  if (options.out.empty())
    options.out = fmt::format("demos/{}/{}-seed{}", demo.name, options.recipe, options.seed);
  keep_asked(options.out, asked, /*keeps_figures=*/false);
  report_figures(demo.name, demo.run(options), options.out + "/figures.json");
}

void run(const Demo& demo, DemoCommand command, const std::string& asked) {
  command.options.device = &asked_device(command.device);
  StopSignals signals;
  command.options.stop = &signals.stop();
  try {
    if (command.run_bench)
      bench_demo(demo, command.options, command.bench, asked);
    else
      run_one(demo, command.options, asked);
  } catch (const nn::FitStopped&) {
    fmt::print("Stopped; everything is kept, and the same command goes on from here.\n");
    throw CLI::RuntimeError(kExitInterrupted);
  }
}

std::string recipes_help(const Demo& demo) {
  std::string text = "Recipes:\n";
  for (const Recipe& recipe : demo.recipes)
    text += fmt::format("  {:<16} {}\n", recipe.name, recipe.about);
  return text + fmt::format(
                    "\nLogs, pictures, the checkpoint and the trained network are written to "
                    "demos/{0}/RECIPE-seedN.\nCtrl-C stops; the same command goes on.\n\n"
                    "Examples:\n  tengen demo {0}\n  tengen demo {0} --recipe {1} --epochs 3\n"
                    "  tengen demo {0} --bench --seeds 3 --json {0}.json",
                    demo.name, demo.recipes.back().name);
}

void add_common_options(CLI::App& app, const Demo& demo, DemoCommand& command) {
  DemoOptions& options = command.options;
  std::vector<std::string> names;
  for (const Recipe& recipe : demo.recipes) names.push_back(recipe.name);
  app.add_option("--data", options.data, demo.data_help)->check(CLI::ExistingPath);
  app.add_option("--recipe", options.recipe, "What is trained, and how (below)")
      ->check(CLI::IsMember(names))
      ->default_str(names.front());
  app.add_option("--epochs", options.epochs, "How often every sample is seen")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--seed", options.seed, "Of weights, shuffling and augmentation")
      ->capture_default_str();
  add_device_option(app, command.device);
  app.add_option("--out", options.out, "The run's folder, or with --bench the folder of all runs");
  app.add_option("--save", options.save, "Also write the trained network to this file");
  app.add_flag("!--no-pictures", options.pictures, "Draw nothing");
  app.add_flag("--bench", command.run_bench,
               "Measure the recipes, or --recipe, over several seeds");
  app.add_option("--seeds", command.bench.seeds, "... so many, from 1")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--json", command.bench.json, "... and write the figures to this file");
}

}  // namespace

void add_demo(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "demo", "Learn digits, pictures, texts, sounds and games, from one page of code each");
  command->require_subcommand(1);
  command->footer(
      "Each learns from data of its own unless --data says otherwise, and says which.\n"
      "What was learned is asked by `tengen predict --net FILE INPUT`.\n\n"
      "Examples:\n"
      "  tengen demo digits\n"
      "  tengen demo digits --data mnist --recipe mlp\n"
      "  tengen demo text --data shakespeare.txt\n"
      "  tengen demo images --help");
  for (const Demo& demo : all_demos()) {
    auto options = std::make_shared<DemoCommand>();
    CLI::App* one = command->add_subcommand(demo.name, demo.about);
    add_common_options(*one, demo, *options);
    if (demo.add_options) demo.add_options(*one);
    one->footer(recipes_help(demo));
    one->callback([demo, options, one] { run(demo, *options, asked_options(*one)); });
  }
}

}  // namespace tengen::tools
