// tengen train: self-play learning from zero, in one process and one folder.
#include <iomanip>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "nn/base/check.h"
#include "selfplay/loop.h"
#include "selfplay/options.h"
#include "tools/commands.h"
#include "tools/device_option.h"
#include "tools/stop_signals.h"

namespace tengen::tools {
namespace {

struct TrainCommand {
  std::string preset;
  std::string run;
  std::vector<std::string> settings;
  std::string device = "auto";
  double minutes = 0.0;
  bool show_options = false;
  bool quiet = false;
};

selfplay::RunOptions resolved(const TrainCommand& command) {
  selfplay::RunOptions options = selfplay::preset_options(command.preset);
  for (const std::string& setting : command.settings) selfplay::set_option(options, setting);
  return options;
}

void show_options(selfplay::RunOptions options) {
  for (const selfplay::OptionField& field : selfplay::option_fields(options)) {
    std::cout << std::left << std::setw(32) << field.key << ' ' << std::setw(24)
              << selfplay::option_text(field) << ' ' << field.help
              << (field.fixed ? " (for the whole run)" : "") << '\n';
  }
}

void train(const TrainCommand& command) {
  const selfplay::RunOptions options = resolved(command);  // an Error before any folder is made
  if (command.show_options) return show_options(options);
  if (command.run.empty())
    throw CLI::RequiredError("--run (the folder of the run, made if it does not exist)");
  StopSignals signals;
  selfplay::Loop loop(command.run, command.preset, command.settings, command.quiet,
                      asked_device(command.device));
  try {
    loop.run(signals.stop(), command.minutes);
  } catch (const Error& error) {
    throw Error(
        std::string(error.what()) +
        "\nThe run stopped there. No finished game is lost; when the cause is removed (on a "
        "full disk: make room), the same command goes on.");
  }
}

}  // namespace

void add_train(CLI::App& app) {
  auto command = std::make_shared<TrainCommand>();
  std::string names;
  std::string footer = "Presets:\n";
  for (const selfplay::Preset& preset : selfplay::presets()) {
    names += (names.empty() ? "" : ", ") + preset.name;
    footer += "  " + preset.name + ": " + preset.description + "\n";
  }
  CLI::App* train_app = app.add_subcommand("train", "Learn a game from self-play, from zero");
  train_app->add_option("preset", command->preset, "One of: " + names)->required();
  train_app->add_option("--run", command->run,
                        "Folder of the run; the same command goes on with it");
  train_app->add_option("--set", command->settings, "An option as key=value; may be repeated")
      ->type_name("KEY=VALUE")
      ->take_all();
  train_app->add_option("--minutes", command->minutes, "Stop after so many (0: never)")
      ->check(CLI::NonNegativeNumber);
  add_device_option(*train_app, command->device);
  train_app->add_flag("--show-options", command->show_options,
                      "Print every option with its value and leave");
  train_app->add_flag("--quiet", command->quiet, "No progress on stderr");
  train_app->footer(
      footer +
      "\nThe run is stopped by Ctrl-C, or killed, and the same command goes on; no "
      "finished game is lost.\nThe newest network is DIR/nets/latest.safetensors.\n\n"
      "Examples:\n"
      "  tengen train tictactoe --run runs/ttt --minutes 1\n"
      "  tengen train go9 --run runs/go9 --minutes 80\n"
      "  tengen train go9 --run runs/small --set net.channels=32 --set actor.games=32\n"
      "  tengen train go9 --show-options");
  train_app->callback([command] { train(*command); });
}

}  // namespace tengen::tools
