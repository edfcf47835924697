// `tengen view` and `tengen play`: the board on the screen.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "envs/games.h"
#include "envs/go/handicap.h"
#include "envs/go/state.h"
#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "tools/commands.h"
#include "tools/view/pictures.h"
#include "tools/view/run_watch.h"
#include "tools/view/window.h"

namespace tengen::tools {
namespace {

using namespace view;  // NOLINT: the command is about nothing else
namespace go = envs::go;

struct WindowCommand {
  std::string net, script;
  WindowOptions window;
};

struct ViewCommand {
  WindowCommand common;
  std::string file, run, png, gif;
  ExportOptions pictures;
  bool analysis = false;
};

struct PlayCommand {
  WindowCommand common;
  std::string game = "go";
  int size = 9;
  double komi = 7.0;
  int handicap = 0;
  int level = 4;
  std::string color = "black";
  uint64_t seed = 1;
};

std::vector<PanelLine> about(const go::SgfGame& game) {
  using Kind = PanelLine::Kind;
  const auto name = [](const std::string& name, const std::string& rank, const char* nobody) {
    return (name.empty() ? nobody : name) + (rank.empty() ? "" : " " + rank);
  };
  std::vector<PanelLine> lines{{Kind::kText, name(game.black_name, game.black_rank, "Black"), 1},
                               {Kind::kText, name(game.white_name, game.white_rank, "White"), 2}};
  std::string terms = fmt::format("{0}×{0}", game.size);
  if (game.komi) terms += ", komi " + go::komi_text(*game.komi);
  if (!game.rules.empty()) terms += ", " + game.rules;
  for (const std::string& more : {game.event, game.date})
    if (!more.empty()) terms += ", " + more;
  lines.push_back({Kind::kQuiet, terms});
  return lines;
}

void show_in_window(Shown& shown, WindowCommand& command) {
  if (!command.script.empty()) command.window.script = read_script(command.script);
  show(shown, command.window);
}

void view_game(ViewCommand& command) {
  const go::SgfTree sgf = go::read_sgf_tree(nn::read_file(command.file), command.file);
  ViewerOptions options;
  options.title = std::filesystem::path(command.file).filename().string();
  options.about = about(sgf.game);
  options.result = sgf.game.result;
  options.analysis = command.analysis;
  Engine engine(command.common.net);
  Viewer viewer(GameTree(sgf), options, engine);
  if (!command.png.empty()) export_png(command.png, viewer, command.pictures);
  if (!command.gif.empty()) export_gif(command.gif, viewer, command.pictures);
  if (!command.png.empty() || !command.gif.empty()) return;
  command.common.window.title = options.title + " — Tengen";
  show_in_window(viewer, command.common);
}

void run_view(ViewCommand& command) {
  if (command.run.empty() && command.file.empty())
    throw CLI::RequiredError("a game (FILE.sgf) or --run FOLDER");
  if (command.run.empty()) return view_game(command);
  RunWatch watch(command.run);
  command.common.window.title = command.run + " — Tengen";
  show_in_window(watch, command.common);
}

std::unique_ptr<envs::State> first_position(const PlayCommand& command) {
  if (command.game != "go") return envs::new_game(command.game);
  if (!go::is_komi(command.komi)) throw Error("--komi must be a multiple of 0.5 from -150 to 150");
  go::Rules rules;
  rules.size = command.size;
  rules.komi = static_cast<float>(command.handicap > 0 ? 0.5 : command.komi);
  auto state = std::make_unique<go::GoState>(rules);
  if (command.handicap > 0)
    state->set_up(go::fixed_handicap(command.size, command.handicap), {}, go::Color::kWhite);
  return state;
}

void run_play(PlayCommand& command) {
  const auto state = first_position(command);
  const Level& level = levels()[static_cast<size_t>(command.level - 1)];
  ViewerOptions options;
  options.title = "You against Tengen";
  options.match = Match{command.color == "black" ? envs::Player::kFirst : envs::Player::kSecond,
                        level, command.seed};
  const bool black = options.match->person == envs::Player::kFirst;
  options.about = {{PanelLine::Kind::kText, black ? "You" : "Tengen", 1},
                   {PanelLine::Kind::kText, black ? "Tengen" : "You", 2},
                   {PanelLine::Kind::kQuiet, "Level " + level.name}};
  if (const auto* go_state = dynamic_cast<const go::GoState*>(state.get()))
    options.about.push_back({PanelLine::Kind::kQuiet,
                             fmt::format("{0}×{0}, komi {1}, area counts", go_state->rules().size,
                                         go::komi_text(go_state->rules().komi))});
  Engine engine(command.common.net);
  Viewer viewer(GameTree(*state), options, engine);
  command.common.window.title = "Tengen";
  show_in_window(viewer, command.common);
}

void add_common(CLI::App& app, WindowCommand& command) {
  app.add_option("--net", command.net, "Weights file (default: the network inside the program)")
      ->check(CLI::ExistingFile);
  app.add_option("--width", command.window.width, "Of the window")
      ->check(CLI::Range(320, 16384))
      ->capture_default_str();
  app.add_option("--height", command.window.height, "Of the window")
      ->check(CLI::Range(240, 16384))
      ->capture_default_str();
  app.add_option("--script", command.script, "Keys and clicks from a file (tools/view/script.h)")
      ->check(CLI::ExistingFile);
}

std::string level_help() {
  std::string text = "How far it looks ahead:";
  for (const Level& level : levels()) text += "\n" + level.name;
  return text;
}

}  // namespace

void add_view(CLI::App& app) {
  auto command = std::make_shared<ViewCommand>();
  CLI::App* view_app = app.add_subcommand("view", "See a game, or watch a training run");
  view_app->add_option("file", command->file, "A game of Go, FILE.sgf")->check(CLI::ExistingFile);
  view_app->add_option("--run", command->run, "The folder of a run of tengen train")
      ->check(CLI::ExistingDirectory);
  add_common(*view_app, command->common);
  view_app->add_flag("--analysis", command->analysis, "Begin with the analysis switched on");
  view_app->add_option("--export-png", command->png,
                       "No window: every position as a picture in this folder");
  view_app->add_option("--export-gif", command->gif,
                       "No window: the game as game.gif in this folder");
  view_app->add_option("--visits", command->pictures.visits, "... each analysed so far")
      ->check(CLI::Range(1, 1000000));
  view_app->footer(
      "F1 tells all keys.\n"
      "Examples:\n"
      "  tengen view game.sgf\n"
      "  tengen view game.sgf --analysis\n"
      "  tengen view game.sgf --export-gif pictures --visits 200\n"
      "  tengen view --run runs/first");
  view_app->callback([command] {
    command->pictures.size = {command->common.window.width, command->common.window.height};
    run_view(*command);
  });
}

void add_play(CLI::App& app) {
  auto command = std::make_shared<PlayCommand>();
  CLI::App* play_app = app.add_subcommand("play", "Play against Tengen with the mouse");
  play_app->add_option("--game", command->game, "Which")
      ->check(CLI::IsMember(envs::game_names()))
      ->capture_default_str();
  play_app->add_option("--size", command->size, "Of the Go board")
      ->check(CLI::Range(2, go::kMaxSize))
      ->capture_default_str();
  play_app->add_option("--komi", command->komi, "Points for White")->capture_default_str();
  play_app->add_option("--handicap", command->handicap, "Stones for Black; komi is then 0.5")
      ->check(CLI::Range(2, 9));
  play_app->add_option("--level", command->level, level_help())
      ->check(CLI::Range(1, static_cast<int>(levels().size())))
      ->capture_default_str();
  play_app->add_option("--color", command->color, "Yours")
      ->check(CLI::IsMember({"black", "white"}))
      ->capture_default_str();
  play_app->add_option("--seed", command->seed, "Of what it draws by chance")
      ->capture_default_str();
  add_common(*play_app, command->common);
  play_app->footer(
      "F1 tells all keys: U takes back, H is a hint, T tells what each move lost.\n"
      "Examples:\n"
      "  tengen play\n"
      "  tengen play --size 13 --handicap 4 --level 5\n"
      "  tengen play --game tictactoe");
  play_app->callback([command] { run_play(*command); });
}

}  // namespace tengen::tools
