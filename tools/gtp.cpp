// tengen gtp: a GTP engine on standard input and output.
#include <iostream>
#include <memory>
#include <string>

#include "agents/gtp_session.h"
#include "agents/player.h"
#include "tools/commands.h"

namespace tengen::tools {
namespace {

struct GtpCommandLine {
  std::string player = "net";
  int size = 9;
  double komi = 7.0;
  std::string rules = "chinese";
  int visits = 0;
  double time_s = 0.0;
  std::string precision, device;  // empty: the player's own
};

// The player's description with the options of the command line added to it.
std::string description(const GtpCommandLine& line) {
  std::string text = line.player;
  const auto add = [&](const std::string& option) {
    const bool has_options = text.find_first_of(":=") != std::string::npos;
    text += (has_options ? "," : ":") + option;
  };
  const bool more =
      line.visits > 0 || line.time_s > 0.0 || !line.precision.empty() || !line.device.empty();
  if (more && text.starts_with("gtp:")) {
    throw Error(
        "--visits, --time, --precision and --device do not reach an external program; its own "
        "options stand in its command");
  }
  if (line.visits > 0) add("visits=" + std::to_string(line.visits));
  if (line.time_s > 0.0) add("time=" + std::to_string(line.time_s));
  if (!line.precision.empty()) add("precision=" + line.precision);
  if (!line.device.empty()) add("device=" + line.device);
  return text;
}

void run_gtp(const GtpCommandLine& line) {
  agents::GtpOptions options;
  options.version = TENGEN_VERSION;
  options.rules.size = line.size;
  options.rules.komi = static_cast<float>(line.komi);
  if (!envs::go::is_komi(line.komi)) {
    throw Error("--komi must be a multiple of 0.5 from -150 to 150");
  }
  envs::go::apply_rule_set(line.rules, options.rules);
  const auto agent = agents::make_player(description(line));
  // A network that cannot play this game says so before the first command is answered.
  agent->start(envs::go::GoState(options.rules));
  agents::GtpSession(*agent, options).run(std::cin, std::cout);
}

}  // namespace

void add_gtp(CLI::App& app) {
  auto line = std::make_shared<GtpCommandLine>();
  CLI::App* gtp = app.add_subcommand("gtp", "Play Go over the Go Text Protocol, version 2");
  gtp->add_option("--player", line->player, "Who plays: net, net:FILE,visits=400, rollout, random")
      ->capture_default_str();
  gtp->add_option("--size", line->size, "Board size until a boardsize command")
      ->check(CLI::Range(2, envs::go::kMaxSize))
      ->capture_default_str();
  gtp->add_option("--komi", line->komi, "Komi until a komi command")->capture_default_str();
  gtp->add_option("--rules", line->rules, "Ko and suicide")
      ->check(CLI::IsMember(envs::go::rule_set_names()))
      ->capture_default_str();
  gtp->add_option("--visits", line->visits, "Visits of a search, as visits= in --player")
      ->check(CLI::PositiveNumber);
  gtp->add_option("--time", line->time_s, "Seconds a move, as time= in --player")
      ->check(CLI::PositiveNumber);
  gtp->add_option("--precision", line->precision,
                  "auto, float32, bfloat16 or int16, as precision= in --player");
  gtp->add_option("--device", line->device,
                  "auto, cpu, cuda:N or cuda:0+cuda:1, as device= in --player");
  gtp->footer(
      "Time settings of the controller bind as well. Standard output carries GTP and nothing "
      "else.\n"
      "Examples:\n"
      "  tengen gtp                              the shipped network, 9x9\n"
      "  tengen gtp --size 19 --time 5           five seconds a move on 19x19\n"
      "  tengen gtp --player net:runs/first/nets/latest.safetensors,visits=1600\n"
      "  printf 'genmove b\\nshowboard\\n' | tengen gtp --visits 100");
  gtp->callback([line] { run_gtp(*line); });
}

}  // namespace tengen::tools
