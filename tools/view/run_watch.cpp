#include "tools/view/run_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "envs/games.h"
#include "nn/base/check.h"
#include "tools/view/board_scene.h"

namespace tengen::tools::view {
namespace {

namespace fs = std::filesystem;
constexpr double kReadSeconds = 1.0;   // between looks at the folder
constexpr double kPauseSeconds = 3.0;  // at the end of a game, before it begins again

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string journal_of(const std::string& run) { return run + "/games/journal.jsonl"; }

fs::file_time_type changed(const std::string& path) {
  std::error_code error;
  const auto time = fs::last_write_time(path, error);
  return error ? fs::file_time_type{} : time;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!file.eof()) lines.push_back(std::move(line));  // the last may be half written
  return lines;
}

std::string newest_shard(const std::string& run) {
  std::error_code error;
  std::string newest;
  for (const auto& entry : fs::directory_iterator(run + "/games", error))
    if (entry.path().extension() == ".gz") newest = std::max(newest, entry.path().string());
  return newest;
}

std::string caption(const selfplay::GameRecord& record, size_t move) {
  const bool over = move == record.moves.size();
  const std::string result = record.outcome.value > 0   ? "first won"
                             : record.outcome.value < 0 ? "second won"
                                                        : "a draw";
  return fmt::format("{} · {}", record.number,
                     over ? result : fmt::format("{} / {}", move, record.moves.size()));
}

}  // namespace

std::vector<selfplay::GameRecord> newest_games(const std::string& run, size_t most) {
  std::vector<selfplay::GameRecord> games;
  const std::vector<std::string> lines = lines_of(journal_of(run));
  for (auto line = lines.rbegin(); line != lines.rend() && games.size() < most; ++line) {
    try {
      games.push_back(selfplay::from_line(*line, journal_of(run)));
    } catch (const Error&) {  // torn by a run that was killed
    }
  }
  const std::string shard = games.size() < most ? newest_shard(run) : "";
  if (!shard.empty()) {
    std::vector<selfplay::GameRecord> older = selfplay::read_shard(shard);
    while (games.size() < most && !older.empty()) {
      games.push_back(std::move(older.back()));
      older.pop_back();
    }
  }
  return games;
}

std::vector<WallCurve> run_curves(const std::string& run) {
  std::vector<WallCurve> curves{
      {"loss", {}}, {"policy accuracy", {}}, {"Elo over the first network", {}}};
  double elo = 0;
  for (const std::string& line : lines_of(run + "/metrics.jsonl")) {
    const auto row = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!row.is_object()) continue;
    const auto add = [&](const char* key, WallCurve& curve) {
      if (const auto found = row.find(key); found != row.end() && found->is_number())
        curve.values.push_back(found->get<double>());
    };
    add("loss", curves[0]);
    add("policy_accuracy", curves[1]);
    if (const auto found = row.find("elo_against_previous");
        found != row.end() && found->is_number()) {
      if (curves[2].values.empty()) curves[2].values.push_back(0);
      curves[2].values.push_back(elo += found->get<double>());
    }
  }
  std::erase_if(curves, [](const WallCurve& curve) { return curve.values.empty(); });
  return curves;
}

RunWatch::RunWatch(std::string run, const RunWatchOptions& options)
    : run_(std::move(run)), options_(options) {
  if (!fs::exists(run_ + "/options.json"))
    throw Error(run_ + ": no run of tengen train: it has no options.json");
  read();
}

void RunWatch::read() {
  read_s_ = now();
  const auto games = changed(journal_of(run_)), metrics = changed(run_ + "/metrics.jsonl");
  if (games == seen_games_ && metrics == seen_metrics_) return;
  seen_games_ = games;
  seen_metrics_ = metrics;
  try {
    std::vector<Game> shown;
    for (selfplay::GameRecord& record : newest_games(run_, options_.games)) {
      // A game that is shown already goes on where it is.
      const auto old = std::find_if(games_.begin(), games_.end(), [&](const Game& game) {
        return game.record.number == record.number;
      });
      if (old != games_.end() && old->state) {
        shown.push_back(std::move(*old));
        continue;
      }
      Game game;
      game.state = envs::new_game(record.game);
      game.boards.push_back(board_scene(*game.state));
      game.record = std::move(record);
      game.begin_s = now();
      shown.push_back(std::move(game));
    }
    games_ = std::move(shown);
    curves_ = run_curves(run_);
    trouble_.clear();
  } catch (const Error& error) {
    trouble_ = error.what();
  }
}

void RunWatch::advance(Game& game) const {
  const auto at = static_cast<size_t>(std::max(0.0, now() - game.begin_s) * options_.moves_per_s);
  while (game.boards.size() <= std::min(at, game.record.moves.size())) {
    const envs::Action action = game.record.moves[game.boards.size() - 1];
    game.state->play(action);
    BoardScene board = board_scene(*game.state);
    board.coordinates = false;
    if (is_point(*game.state, action)) board.last = action;
    game.boards.push_back(std::move(board));
  }
  if (static_cast<double>(at) >
      static_cast<double>(game.record.moves.size()) + kPauseSeconds * options_.moves_per_s)
    game.begin_s = now();
}

bool RunWatch::look() {
  if (now() - read_s_ >= kReadSeconds) read();
  if (now() - drawn_s_ < 0.5 / options_.moves_per_s) return false;
  drawn_s_ = now();
  for (Game& game : games_) advance(game);
  return true;
}

void RunWatch::command(Command command) {
  if (command == Command::kQuit) closed_ = true;
  if (command == Command::kHelp) help_ = !help_;
}

Scene RunWatch::scene() const {
  Scene scene;
  scene.wall.emplace();
  for (const Game& game : games_) {
    const auto at = static_cast<size_t>(std::max(0.0, now() - game.begin_s) * options_.moves_per_s);
    const size_t move = std::min(at, game.boards.size() - 1);
    scene.wall->games.push_back({game.boards[move], caption(game.record, move)});
  }
  scene.wall->curves = curves_;
  scene.banner = trouble_;
  scene.hint = games_.empty() ? run_ + ": no game is finished yet" : run_ + "   ·   F1 help";
  if (help_)
    scene.help = {{"S", "save the picture (PNG)"},
                  {"F  F11", "full screen"},
                  {"F1  ?", "this help"},
                  {"Q", "close"}};
  return scene;
}

}  // namespace tengen::tools::view
