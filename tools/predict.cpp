// `tengen predict --net FILE INPUT...`: asks a network that a demo trained.
#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "nn/base/check.h"
#include "tools/commands.h"
#include "tools/demos/demo.h"

namespace tengen::tools {
namespace {

struct PredictCommand {
  std::string net;
  std::vector<std::string> inputs;
};

void predict(const PredictCommand& command) {
  const Served served = serve(load_trained_net(command.net));
  const auto answer = [&](const std::string& input) {
    fmt::print("{}\n", served.answer(input));
    std::cout << std::flush;
  };
  for (const std::string& input : command.inputs) answer(input);
  if (!command.inputs.empty()) return;
  std::cerr << "One a line, please: " << served.input_help << ".\n";
  for (std::string line; std::getline(std::cin, line);) answer(line);
}

}  // namespace

void add_predict(CLI::App& app) {
  auto command = std::make_shared<PredictCommand>();
  CLI::App* predict_app =
      app.add_subcommand("predict", "Ask a network that a demo trained: images, texts, sounds");
  predict_app->add_option("--net", command->net, "The network's file, NAME.safetensors")
      ->required()
      ->check(CLI::ExistingFile);
  predict_app->add_option("input", command->inputs,
                          "What it is asked; without any, lines of standard input");
  predict_app->footer(
      "Examples:\n"
      "  tengen predict --net demos/digits/cnn-seed1/net.safetensors seven.png\n"
      "  tengen predict --net demos/text/lstm-seed1/net.safetensors \"The licensee \"\n"
      "  tengen predict --net demos/speech/cnn-seed1/net.safetensors < list-of-wav-files");
  predict_app->callback([command] { predict(*command); });
}

}  // namespace tengen::tools
