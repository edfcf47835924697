// tengen match: any player against any other, with the Elo difference at the end.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/gtp_process.h"
#include "agents/player.h"
#include "envs/go/rules.h"
#include "nn/io/atomic_file.h"
#include "selfplay/match.h"
#include "selfplay/match_report.h"
#include "tools/commands.h"
#include "tools/stop_signals.h"

namespace tengen::tools {
namespace {

struct MatchCommandLine {
  std::string a, b;
  int games = 20;
  int size = 9;
  double komi = 7.0;
  std::string rules;  // empty: see game_description
  std::string game;   // another game than Go
  std::string sgf_folder, json_file;
  double timeout_s = 60.0;
  std::vector<double> sprt;  // elo0, elo1
};

// External programs seldom know superko and would lose games by it, so with them a repetition is
// no offence unless the rules are asked for.
std::string game_description(const MatchCommandLine& line) {
  if (!line.game.empty()) return line.game;
  const bool external = line.a.starts_with("gtp:") || line.b.starts_with("gtp:");
  const std::string rules = !line.rules.empty() ? line.rules : external ? "simple-ko" : "chinese";
  return fmt::format("go:size={},komi={},rules={}", line.size, line.komi, rules);
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &local);
  return text;
}

std::unique_ptr<agents::Agent> make_player(const std::string& text, double timeout_s) {
  auto player = agents::make_player(text);
  if (auto* program = dynamic_cast<agents::GtpProcess*>(player.get())) {
    program->set_timeout(timeout_s);
  }
  return player;
}

std::string duration(double seconds) {
  const int whole = static_cast<int>(seconds + 0.5);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

// One line on standard error for every game and, on a terminal, a last one that is rewritten.
class Progress {
 public:
  explicit Progress(int games) : games_(games), terminal_(isatty(STDERR_FILENO)) {
    if (terminal_) std::cerr << "0/" << games_ << " games" << std::flush;
  }

  void game(const selfplay::MatchResult& result) {
    const std::chrono::duration<double> used = std::chrono::steady_clock::now() - begin_;
    const double per_game = used.count() / result.a.games();
    const std::string line = selfplay::match_game_line(result, result.games.back());
    const std::string score =
        fmt::format("{}/{} games, A {} wins {} draws {} losses, {:.1f} games/min, {} left",
                    result.a.games(), games_, result.a.wins, result.a.draws, result.a.losses,
                    60.0 / per_game, duration(per_game * (games_ - result.a.games())));
    if (terminal_)
      std::cerr << "\r\033[K" << line << "\n" << score << std::flush;
    else
      std::cerr << line << "; " << score << "\n";
  }
  void end() const {
    if (terminal_) std::cerr << "\r\033[K" << std::flush;
  }

 private:
  int games_;
  bool terminal_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

const char* text(selfplay::Sprt::Verdict verdict) {
  using Verdict = selfplay::Sprt::Verdict;
  return verdict == Verdict::kAcceptElo1   ? "the upper difference is accepted"
         : verdict == Verdict::kAcceptElo0 ? "the lower difference is accepted"
                                           : "not decided";
}

void run_match(const MatchCommandLine& line) {
  std::optional<selfplay::Sprt> sprt;
  if (!line.sprt.empty()) {
    if (line.sprt[0] >= line.sprt[1]) throw Error("--sprt LOW HIGH: LOW must be below HIGH");
    sprt = selfplay::Sprt{.elo0 = line.sprt[0], .elo1 = line.sprt[1]};
  }
  StopSignals signals;
  const auto a = make_player(line.a, line.timeout_s);
  const auto b = make_player(line.b, line.timeout_s);
  selfplay::MatchOptions options;
  options.game = game_description(line);
  options.games = line.games;
  options.sgf_folder = line.sgf_folder;
  options.date = today();
  options.stop = &signals.stop();
  Progress progress(line.games);
  const auto result = selfplay::play_match(*a, *b, options, [&](const auto& so_far) {
    progress.game(so_far);
    using Verdict = selfplay::Sprt::Verdict;
    if (sprt && sprt->verdict(so_far.a) != Verdict::kGoOn) signals.stop() = true;
  });
  progress.end();
  std::cout << selfplay::match_table(result);
  if (sprt) {
    std::cout << fmt::format(
        "SPRT [{:g}, {:g}]: log-likelihood ratio {:.2f} in ({:.2f}, {:.2f}), {}\n", sprt->elo0,
        sprt->elo1, sprt->log_likelihood_ratio(result.a), sprt->lower_bound(), sprt->upper_bound(),
        text(sprt->verdict(result.a)));
  }
  if (!line.json_file.empty()) {
    nn::write_file_atomically(line.json_file, selfplay::match_json(result).dump(1) + "\n");
  }
}

}  // namespace

void add_match(CLI::App& app) {
  auto line = std::make_shared<MatchCommandLine>();
  CLI::App* match = app.add_subcommand("match", "Let two players play each other");
  match
      ->add_option("A", line->a,
                   "A player: net, net:FILE,visits=400, time=1, rollout:visits=1000,\n"
                   "random, or any GTP program, 'gtp:gnugo --mode gtp'")
      ->required();
  match->add_option("B", line->b, "Another")->required();
  match->add_option("--games", line->games, "Games; A moves first in every other one")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  match->add_option("--size", line->size, "Board size")
      ->check(CLI::Range(2, 25))
      ->capture_default_str();
  match->add_option("--komi", line->komi, "Komi")->capture_default_str();
  match
      ->add_option("--rules", line->rules,
                   "Ko and suicide; chinese if not given, or simple-ko with an external program")
      ->check(CLI::IsMember(envs::go::rule_set_names()));
  match->add_option("--game", line->game, "Another game than Go, as tictactoe")
      ->excludes("--size", "--komi", "--rules");
  match->add_option("--sgf", line->sgf_folder, "Folder for the games of Go, game-001.sgf ...");
  match->add_option("--json", line->json_file, "File for result and games");
  match
      ->add_option("--timeout", line->timeout_s, "Seconds that an answer of a GTP program may take")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  match->add_option("--sprt", line->sprt, "Stop when decided between two Elo differences: LOW HIGH")
      ->expected(2);
  match->footer(
      "A player that crashes, is slow or plays an illegal move loses that game; the match goes "
      "on.\n"
      "Ctrl-C ends the match with the report of what was played.\n"
      "Examples:\n"
      "  tengen match net random --games 10\n"
      "  tengen match time=1 'gtp:gnugo --mode gtp --level 10 --chinese-rules' --sgf games\n"
      "  tengen match net:new.safetensors net:old.safetensors --games 400 --sprt 0 50\n"
      "  tengen match net:precision=int16 net:precision=float32\n"
      "  tengen match rollout:visits=1000 random --size 7 --komi 9 --json result.json");
  match->callback([line] { run_match(*line); });
}

}  // namespace tengen::tools
