// tengen net report: what a reduced precision costs a network and what it wins, measured and, with
// --save, written into the network's file.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "agents/calibration.h"
#include "agents/mcts_agent.h"
#include "agents/net_evaluator.h"
#include "agents/policy_games.h"
#include "agents/precision_report.h"
#include "envs/games.h"
#include "nn/base/parallel.h"
#include "nn/infer/plan_precision.h"
#include "selfplay/elo.h"
#include "selfplay/match.h"
#include "tools/commands.h"
#include "tools/stop_signals.h"

namespace tengen::tools {
namespace {

constexpr uint64_t kHeldSeed = 2;  // calibration's is another
constexpr uint64_t kOpeningSeed = 3;
constexpr int kOpeningMoves = 6;
constexpr size_t kCacheMib = 32;

struct ReportCommand {
  std::string net;  // weights file; empty: the shipped one
  int size = 9;
  std::string precision = "int16";
  int positions = 400;
  int games = 0;
  int visits = 0;
  double seconds = 0.0;
  int at_once = 0;  // 0: as many as workers
  bool save = false;
};

using PlanPointer = std::shared_ptr<const nn::Plan>;

// One network twice: as it is and in less.
struct Pair {
  std::unique_ptr<envs::State> start;
  PlanPointer exact, reduced;

  const envs::GameSpec& spec() const { return start->spec(); }
  agents::NetEvaluator evaluator(const PlanPointer& plan) const {
    return {plan, spec(), agents::Symmetry::kNone};
  }
};

Pair compile_pair(const ReportCommand& command, nn::PlanPrecision precision) {
  const auto net = command.net.empty() ? agents::shipped_net() : agents::load_net(command.net);
  const std::string& game = net->config().game;
  Pair pair;
  pair.start = envs::new_game(game == "go" ? fmt::format("go:size={}", command.size) : game);
  const auto calibration = agents::calibration_for(precision, *net, pair.spec());
  pair.exact = agents::compile(*net, pair.spec(), nn::PlanPrecision::kFloat32, {});
  pair.reduced = agents::compile(*net, pair.spec(), precision, calibration);
  return pair;
}

// Evaluations a second on this thread: the median of the rounds, in which the plans take turns.
class SpeedMeter {
 public:
  explicit SpeedMeter(const std::vector<std::unique_ptr<envs::State>>& positions) {
    for (const auto& position : positions) planes_.push_back(agents::encoded(*position, 0));
  }

  void measure(const Pair& pair, agents::PrecisionReport& report) {
    constexpr int kRounds = 9;
    std::vector<double> exact, reduced;
    for (int round = 0; round < kRounds; ++round) {
      exact.push_back(rate(*pair.exact));
      reduced.push_back(rate(*pair.reduced));
    }
    report.float32_evaluations_per_s = median(exact);
    report.evaluations_per_s = median(reduced);
  }

 private:
  static double median(std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }

  double rate(const nn::Plan& plan) {
    using Clock = std::chrono::steady_clock;
    constexpr double kSeconds = 0.05;
    const auto workspace = plan.make_workspace();
    std::vector<float> policy(static_cast<size_t>(plan.output_shapes()[0].size()));
    float value = 0.0f, score = 0.0f;
    float* const outputs[] = {policy.data(), &value, &score};
    const auto run = [&](const std::vector<float>& planes) {
      const float* const inputs[] = {planes.data()};
      plan.run(inputs, outputs, *workspace);
    };
    run(planes_[0]);  // the weights come into the cache
    const auto begin = Clock::now();
    std::chrono::duration<double> used{};
    int done = 0;
    for (; used.count() < kSeconds; used = Clock::now() - begin)
      run(planes_[static_cast<size_t>(done++) % planes_.size()]);
    return done / used.count();
  }

  std::vector<std::vector<float>> planes_;
};

std::unique_ptr<agents::Agent> make_player(const Pair& pair, const PlanPointer& plan,
                                           const search::Limits& limits) {
  const auto make_evaluator = [plan](const envs::State& start) {
    return std::make_unique<agents::CachedEvaluator>(
        std::make_unique<agents::NetEvaluator>(plan, start.spec(), agents::Symmetry::kHashed),
        start, kCacheMib);
  };
  agents::MctsOptions options;
  options.limits = limits;
  const bool reduced = plan == pair.reduced;
  return std::make_unique<agents::MctsAgent>(
      reduced ? nn::plan_precision_name(plan->precision()) : "float32", make_evaluator, options);
}

agents::SelfMatch play(const Pair& pair, const ReportCommand& command, const search::Limits& limits,
                       const std::atomic<bool>& stop) {
  agents::NetEvaluator judge = pair.evaluator(pair.exact);
  const auto openings = agents::sample_openings(judge, *pair.start, (command.games + 1) / 2,
                                                kOpeningMoves, kOpeningSeed);
  selfplay::MatchOptions options;
  options.game = pair.spec().name;
  options.games = command.games;
  options.openings = openings;
  options.stop = &stop;
  const auto make_players = [&] {
    return std::array{make_player(pair, pair.reduced, limits),
                      make_player(pair, pair.exact, limits)};
  };
  const std::string what = limits.visits > 0 ? fmt::format("at {} visits", limits.visits)
                                             : fmt::format("at {:g} s a move", limits.time_s);
  const auto result = selfplay::play_match(
      make_players, command.at_once > 0 ? command.at_once : worker_count(), options,
      [&](const selfplay::MatchResult& so_far) {
        std::cerr << fmt::format("{}: game {} of {}: {} {}, +{} ={} -{}, {}\n", what,
                                 so_far.a.games(), command.games, so_far.games.back().result,
                                 so_far.games.back().a_first ? "moving first" : "moving second",
                                 so_far.a.wins, so_far.a.draws, so_far.a.losses,
                                 selfplay::text(selfplay::elo_estimate(so_far.a)));
      });
  const selfplay::EloEstimate elo = selfplay::elo_estimate(result.a);
  return {.wins = result.a.wins,
          .draws = result.a.draws,
          .losses = result.a.losses,
          .score_low = selfplay::elo_to_score(elo.low),
          .score_high = selfplay::elo_to_score(elo.high),
          .visits = limits.visits,
          .time_s = limits.time_s};
}

nn::PlanPrecision reduced_precision(const std::string& name) {
  const nn::PlanPrecision precision = nn::plan_precision_named(name);
  if (precision == nn::PlanPrecision::kFloat32)
    throw Error("--precision float32: a report is about less than float32, int16 or bfloat16");
  return precision;
}

void report(const ReportCommand& command) {
  const nn::PlanPrecision precision = reduced_precision(command.precision);
  if (command.save && command.net.empty())
    throw Error("--save needs the file of a network; the one inside the program cannot change");
  if (command.games > 0 && command.visits == 0 && command.seconds == 0.0)
    throw Error("--games needs a limit for both sides: --visits, --seconds, or both in turn");
  const Pair pair = compile_pair(command, precision);
  if (pair.reduced->precision() != precision) {
    const std::string why = fmt::format(
        "this processor has no faster {}, both sides run in float32", command.precision);
    if (command.save) throw Error(why + ": nothing worth saving");
    std::cerr << why << "\n";
  }
  StopSignals signals;
  agents::NetEvaluator exact = pair.evaluator(pair.exact), reduced = pair.evaluator(pair.reduced);
  const auto held = agents::sample_positions(exact, *pair.start,
                                             {.positions = command.positions, .seed = kHeldSeed});
  agents::PrecisionReport report;
  report.game = pair.spec().name.substr(0, pair.spec().name.find(':'));
  report.height = pair.spec().height;
  report.width = pair.spec().width;
  report.precision = precision;
  report.kernels = nn::plan_instructions(report.precision);
  report.cost = agents::precision_cost(exact, reduced, held);
  SpeedMeter(held).measure(pair, report);
  const auto play_at = [&](const search::Limits& limits, std::optional<agents::SelfMatch>& match) {
    const agents::SelfMatch played = play(pair, command, limits, signals.stop());
    if (played.games() > 0) match = played;
  };
  if (command.games > 0 && command.visits > 0)
    play_at({.visits = command.visits, .time_s = 0.0}, report.equal_visits);
  if (command.games > 0 && command.seconds > 0.0)
    play_at({.visits = 0, .time_s = command.seconds}, report.equal_time);
  if (command.save) report = agents::save_report(command.net, report);
  std::cout << text(report);
}

}  // namespace

void add_net_report(CLI::App& net) {
  auto command = std::make_shared<ReportCommand>();
  CLI::App* app = net.add_subcommand(
      "report", "Measure what a reduced precision costs a network, and what it wins");
  app->add_option("net,--net", command->net,
                  "Weights file (default: the network inside the program)");
  app->add_option("--size", command->size, "Board size of Go")
      ->check(CLI::Range(2, 25))
      ->capture_default_str();
  app->add_option("--precision", command->precision, "int16 or bfloat16")->capture_default_str();
  app->add_option("--positions", command->positions, "Held positions to compare on")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app->add_option("--games", command->games, "Games of each match against itself in float32")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_option("--visits", command->visits, "Play a match at so many visits a move")
      ->check(CLI::PositiveNumber);
  app->add_option("--seconds", command->seconds, "Play a match at so many seconds a move")
      ->check(CLI::PositiveNumber);
  app->add_option("--at-once", command->at_once,
                  "Games under way, each on one core (default: as many as workers)")
      ->check(CLI::Range(1, 1024));
  app->add_flag("--save", command->save, "Write the report into the network's file");
  app->footer(
      "A network plays in the precision that won at equal time on the board with the instructions "
      "that this processor runs it on, by 400 games or more and with the whole interval above one "
      "half; in float32 "
      "if none did. Every opening is "
      "played twice, with the colours changed.\n"
      "Examples:\n"
      "  tengen net report --precision bfloat16\n"
      "  tengen net report mine.safetensors --games 400 --seconds 0.1 --save");
  app->callback([command] { report(*command); });
}

}  // namespace tengen::tools
