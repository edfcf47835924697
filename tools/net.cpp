// tengen net: what a network is made of, and its way into other programs.
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "agents/policy_value_net.h"
#include "agents/precision_report.h"
#include "nn/base/check.h"
#include "nn/io/npz.h"
#include "nn/io/onnx.h"
#include "nn/io/onnx_model.h"
#include "nn/io/safetensors.h"
#include "nn/io/weights_file.h"
#include "nn/summary.h"
#include "tools/commands.h"
#include "tools/demos/demo.h"

namespace tengen::tools {
namespace {

struct NetCommand {
  std::string net;  // weights file; empty: the shipped one
  int size = 9;
  std::string in, out;
  std::string metadata_from;
};

std::unique_ptr<agents::PolicyValueNet> net_of(const NetCommand& command) {
  return command.net.empty() ? agents::shipped_net() : agents::load_net(command.net);
}

// The network of a demo, which is built by its page; nothing for one that plays.
std::optional<Served> served_of(const NetCommand& command) {
  if (command.net.empty() || !nn::load_safetensors(command.net).metadata.contains(kTaskKey))
    return std::nullopt;
  return serve(load_trained_net(command.net));
}

void summarize(const NetCommand& command) {
  if (const auto served = served_of(command)) {
    const nn::Graph graph = nn::trace(served->forward, served->input_shapes);
    std::cout << nn::summarize(graph, *served->net).text() << "\n";
    return;
  }
  const auto net = net_of(command);
  const nn::Graph graph = net->graph(command.size, command.size, /*with_ownership=*/true);
  std::cout << nn::summarize(graph, *net).text() << "\n";
  const auto reports = agents::carried_reports(command.net);
  if (reports.empty())
    std::cout << "It carries no report on reduced precision; tengen net report measures one.\n";
  for (const agents::PrecisionReport& report : reports) std::cout << text(report);
}

void export_served(const Served& served, const std::string& path) {
  nn::OnnxOptions options;
  options.state = served.net->state();
  options.any_batch = served.any_batch;
  nn::save_onnx(path, served.forward, served.input_shapes, options);
  fmt::print("{}: ONNX, opset {}\n", path, nn::kOnnxOpset);
}

void export_onnx(const NetCommand& command) {
  if (!command.out.ends_with(".onnx"))
    throw Error(command.out + ": the exported file's name should end in .onnx");
  if (const auto served = served_of(command)) return export_served(*served, command.out);
  const auto net = net_of(command);
  const auto forward = [&](const std::vector<nn::Var>& inputs) {
    const agents::PolicyValueOutput out = net->forward(inputs[0]);
    return std::vector<nn::Var>{out.policy, out.value, out.score, out.ownership};
  };
  nn::OnnxOptions options;
  options.input_names = {"planes"};
  options.output_names = {"policy", "value", "score", "ownership"};
  options.state = net->state();
  options.metadata = {
      {"game", net->config().game},
      {"policy", "logits of the points row by row, then of pass"},
      {"value", "logit of winning for the player to move"},
      {"score",
       fmt::format("points ahead for the player to move, divided by {}", agents::kScoreUnit)},
      {"ownership", "logits of owning each point at the end for the player to move"}};
  const nn::Shape planes{1, command.size, command.size, net->config().planes};
  nn::save_onnx(command.out, forward, {planes}, options);
  fmt::print("{}: ONNX, opset {}; planes [N,{},{},{}] -> policy, value, score, ownership\n",
             command.out, nn::kOnnxOpset, command.size, command.size, net->config().planes);
}

void convert(const NetCommand& command) {
  nn::SafeTensors content;
  if (command.in.ends_with(".safetensors")) {
    content = nn::load_safetensors(command.in);
  } else {
    content.tensors = nn::load_tensors(command.in);
  }
  if (!command.metadata_from.empty())
    content.metadata = nn::load_safetensors(command.metadata_from).metadata;
  // These weights may be others than those that were measured.
  if (!command.metadata_from.empty()) content.metadata.erase(agents::kReportsKey);
  if (command.out.ends_with(".safetensors")) {
    nn::save_safetensors(command.out, content);
  } else {
    nn::save_tensors(command.out, content.tensors);
    if (!content.metadata.empty())
      std::cerr << "The metadata has no place in " << command.out
                << "; on the way back give it with --metadata " << command.in << "\n";
  }
  int64_t numbers = 0;
  for (const nn::NamedTensor& entry : content.tensors) numbers += entry.tensor.size();
  fmt::print("{}: {} tensors, {} numbers\n", command.out, content.tensors.size(), numbers);
}

void add_net_options(CLI::App& to, NetCommand& command) {
  to.add_option("--net", command.net, "Weights file (default: the network inside the program)");
  to.add_option("--size", command.size,
                "Board size of a network that plays; the weights fit every one")
      ->check(CLI::Range(2, 25))
      ->capture_default_str();
}

}  // namespace

void add_net(CLI::App& app) {
  auto command = std::make_shared<NetCommand>();
  CLI::App* net = app.add_subcommand("net", "Look at a network; bring it into other programs");
  net->require_subcommand(1);
  net->footer(
      "Examples:\n"
      "  tengen net summary --size 19\n"
      "  tengen net export-onnx go9.onnx\n"
      "  tengen net export-onnx mine.onnx --net runs/go9/nets/latest.safetensors\n"
      "  tengen net export-onnx digits.onnx --net demos/digits/cnn-seed1/net.safetensors\n"
      "  tengen net convert runs/go9/nets/latest.safetensors weights.npz\n"
      "  tengen net report mine.safetensors --games 400 --seconds 0.1 --save");

  CLI::App* summary = net->add_subcommand("summary", "Layers, shapes, parameters and FLOPs");
  add_net_options(*summary, *command);
  summary->callback([command] { summarize(*command); });

  CLI::App* onnx = net->add_subcommand(
      "export-onnx", "Write an ONNX file for one board size and any number of positions at once");
  onnx->add_option("out", command->out, "The file to write, NAME.onnx")->required();
  add_net_options(*onnx, *command);
  onnx->callback([command] { export_onnx(*command); });

  CLI::App* convert_app =
      net->add_subcommand("convert", "Weights from .safetensors to numpy's .npz, or back");
  convert_app->add_option("in", command->in, "The file to read, .safetensors or .npz")->required();
  convert_app->add_option("out", command->out, "The file to write, .npz or .safetensors")
      ->required();
  convert_app->add_option("--metadata", command->metadata_from,
                          "A .safetensors file whose metadata (the architecture) is written too");
  convert_app->callback([command] { convert(*command); });
  add_net_report(*net);
}

}  // namespace tengen::tools
