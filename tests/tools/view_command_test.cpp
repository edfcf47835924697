// `tengen view` and `tengen play` as a user sees them: windows on a display of memory, keys and
// clicks through SDL's queue, pictures compared with stored ones.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "envs/games.h"
#include "nn/io/atomic_file.h"
#include "nn/io/image_file.h"
#include "selfplay/record.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/xvfb.h"

namespace tengen {
namespace {

// Variations, captures, a ko, comments; a broken end is added where a test wants one.
constexpr const char* kGame =
    "(;SZ[9]KM[7]PB[Honinbo]PW[Guest]RE[B+R]C[The root];B[ba];W[ca];B[ab]C[Why not?];W[db];B[bc]"
    "(;W[cc];B[ee];W[bb];B[cb]C[Takes a stone, and it is a ko];W[gc](;B[ff];W[ge])(;B[gb];W[hb]"
    ";B[ha]))(;W[ee];B[cb];W[ed]))";

struct Difference {
  double mean;   // of all numbers
  double share;  // of pixels that differ clearly
};

Difference difference(const nn::Tensor& a, const nn::Tensor& b) {
  if (!(a.shape() == b.shape())) return {1, 1};
  double sum = 0;
  int64_t clear = 0;
  for (int64_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(a.data()[i] - b.data()[i]);
    sum += d;
    clear += d > 0.2;
  }
  return {sum / static_cast<double>(a.size()),
          static_cast<double>(clear) / static_cast<double>(a.size())};
}

// Letters may be drawn a little differently elsewhere; anything else may not.
void expect_stored(const std::string& picture, const std::string& name) {
  const std::string stored = std::string(TENGEN_SOURCE_DIR) + "/tests/tools/view/" + name;
  ASSERT_TRUE(std::filesystem::exists(picture)) << picture;
  const Difference d = difference(nn::read_image(picture), nn::read_image(stored));
  EXPECT_LT(d.mean, 0.006) << name;
  EXPECT_LT(d.share, 0.01) << name;
  if (testing::Test::HasFailure())
    std::filesystem::copy_file(picture, std::filesystem::temp_directory_path() / name,
                               std::filesystem::copy_options::overwrite_existing);
}

TEST(View, LooksAsStoredInTwoSizes) {
  SKIP_WITHOUT_WINDOWS();
  const nn::ScratchFolder folder;
  const std::string game = folder.write("game.sgf", kGame);
  const std::string script = folder.write(
      "script.txt",
      "wait 200\nmove 2 2\nwheel 9\nwait 50\nquiet\nsave " + folder.path("wide.png") +
          "\nkey End\nkey Down\nkey Right\nkey N\nsize 420 640\nwait 300\nmove 2 "
          "2\nwait 50\nsave " +
          folder.path("high.png") +
          "\nsize 640 420\nkey Home\nkey F1\nwait 300\nmove 2 2\nwait 50\nquiet\nsave " +
          folder.path("help.png") + "\nquit\n");
  const Finished shown =
      run_in_window("view " + game + " --width 640 --height 420 --script " + script);
  EXPECT_EQ(shown.exit_code, 0) << shown.output;
  expect_stored(folder.path("wide.png"), "wide.png");
  expect_stored(folder.path("high.png"), "high.png");
  expect_stored(folder.path("help.png"), "help.png");
}

TEST(View, KeysWheelBarAndTreeWalkThroughTheGame) {
  SKIP_WITHOUT_WINDOWS();
  const nn::ScratchFolder folder;
  const std::string game = folder.write("game.sgf", kGame);
  const auto told = [&](const std::string& keys) {
    const std::string script = folder.write("script.txt", keys + "wait 30\ntell\nquit\n");
    return run_in_window("view " + game + " --script " + script).output;
  };
  EXPECT_TRUE(has(told(""), "Move 0\n"));
  EXPECT_TRUE(has(told(""), "comment: The root"));
  EXPECT_TRUE(has(told("key End\n"), "Move 12: G5"));
  EXPECT_TRUE(has(told("key End\n"), "taken: 0 black, 1 white"));
  EXPECT_TRUE(has(told("wheel 3\n"), "Move 3: A8"));
  EXPECT_TRUE(has(told("wheel 3\n"), "comment: Why not?"));
  EXPECT_TRUE(has(told("key PageDown\nkey PageDown\nkey Left\n"), "Move 11: F4"));
  EXPECT_TRUE(has(told("key End\nkey Down\n"), "Move 11: G8"));
  EXPECT_TRUE(has(told("click 640 758\n"), "Move 6: C7"));       // the middle of the bar
  EXPECT_TRUE(has(told("key End\nclick A1\n"), "Move 13: A1"));  // a try
  EXPECT_TRUE(has(told("key End\nclick A8\n"), "Move 12: G5"));  // occupied
  EXPECT_TRUE(has(told("key End\nmove 2 2\nwait 30\nkey Shift+Right\nkey Shift+Down\n"
                       "key Shift+Left\nkey Return\n"),
                  "Move 13: D4"));
}

TEST(View, AnalysisTellsVisitsAndClosesInItsMiddle) {
  SKIP_WITHOUT_WINDOWS();
  const nn::ScratchFolder folder;
  const std::string game = folder.write("game.sgf", kGame);
  const std::string script =
      folder.write("script.txt", "wheel 4\nkey A\nvisits 50\ntell\nkey M\nkey O\nvisits 20\nsave " +
                                     folder.path("analysis.png") + "\nkey Right\nquit\n");
  const Finished shown = run_in_window("view " + game + " --script " + script);
  EXPECT_EQ(shown.exit_code, 0) << shown.output;
  EXPECT_TRUE(has(shown.output, " visits, ")) << shown.output;
  EXPECT_TRUE(has(shown.output, " points\n")) << shown.output;
  EXPECT_EQ(nn::read_image(folder.path("analysis.png")).shape(), (nn::Shape{800, 1280, 3}));
}

TEST(View, ABrokenGameIsShownAsFarAsItGoes) {
  SKIP_WITHOUT_WINDOWS();
  const nn::ScratchFolder folder;
  const std::string game = folder.write("game.sgf", std::string(kGame).substr(0, 90));
  const std::string script = folder.write("script.txt", "key End\nwait 30\ntell\nquit\n");
  const Finished shown = run_in_window("view " + game + " --script " + script);
  EXPECT_EQ(shown.exit_code, 0) << shown.output;
  EXPECT_TRUE(has(shown.output, "banner: ") && has(shown.output, "game.sgf: byte 90"))
      << shown.output;
  EXPECT_FALSE(has(shown.output, "Move 0\n")) << shown.output;
}

TEST(View, PicturesNeedNoWindow) {
  const nn::ScratchFolder folder;
  const std::string game = folder.write("game.sgf", "(;SZ[5];B[cc];W[bb];B[dd])");
  const Finished exported =
      run("view " + game + " --width 400 --height 300 --visits 5 --export-png " +
          folder.path("png") + " --export-gif " + folder.path("gif"));
  EXPECT_EQ(exported.exit_code, 0) << exported.output;
  for (const char* name : {"png/move-000.png", "png/move-003.png"})
    EXPECT_EQ(nn::read_image(folder.path(name)).shape(), (nn::Shape{300, 400, 3})) << name;
  EXPECT_FALSE(std::filesystem::exists(folder.path("png/move-004.png")));
  const std::string gif = nn::read_file(folder.path("gif/game.gif"));
  EXPECT_TRUE(gif.starts_with("GIF89a"));
  size_t frames = 0;
  for (size_t at = gif.find("\x21\xf9\x04"); at != std::string::npos;
       at = gif.find("\x21\xf9\x04", at + 1))
    ++frames;
  EXPECT_EQ(frames, 4u);
}

TEST(View, ErrorsNameTheFileAndTheRemedy) {
  const nn::ScratchFolder folder;
  const std::string words = folder.write("words.sgf", "no game at all");
  const std::string game = folder.write("game.sgf", kGame);
  const std::pair<std::string, std::string> cases[] = {
      {"view", "a game (FILE.sgf) or --run FOLDER"},
      {"view " + words, "words.sgf: byte 14: expected a game"},
      {"view /does/not/exist.sgf", "/does/not/exist.sgf"},
      {"view --run " + folder.path(), "no run of tengen train"},
      {"play --komi 7.3", "multiple of 0.5"},
      {"play --game chess", "chess"},
      {"play --level 99", "--level"}};
  for (const auto& [arguments, part] : cases) {
    const Finished refused = run(arguments);
    EXPECT_NE(refused.exit_code, 0) << arguments;
    EXPECT_TRUE(has(refused.output, part)) << refused.output;
    EXPECT_FALSE(has(refused.output, "internal error")) << refused.output;
  }
  const Finished blind = run_by_shell(
      "env -u DISPLAY -u WAYLAND_DISPLAY -u SDL_VIDEODRIVER '" TENGEN_PROGRAM "' view " + game +
      " 2>&1 </dev/null");
  EXPECT_EQ(blind.exit_code, 1);
  EXPECT_TRUE(has(blind.output, "--export-png")) << blind.output;
}

TEST(Play, AWholeGameByClicks) {
  SKIP_WITHOUT_WINDOWS();
  const nn::ScratchFolder folder;
  // The person plays along, where a point is free, then passes until the game ends; then takes
  // one move back and resigns.
  std::string script = "key T\n";
  for (const char* point : {"C3", "B2", "D4", "B4", "D2", "C1"})
    script += std::string("click ") + point + "\nquiet\n";
  for (int i = 0; i < 40; ++i) script += "key P\nquiet\n";
  script += "wait 30\ntell\nkey U\nquiet\nwait 30\ntell\nkey R\nwait 30\ntell\nquit\n";
  const Finished played =
      run_in_window("play --size 5 --level 2 --script " + folder.write("script.txt", script));
  EXPECT_EQ(played.exit_code, 0) << played.output;
  const size_t over = played.output.find("Result by area: ");
  const size_t again = played.output.find("Your turn", over);
  const size_t resigned = played.output.find("White wins: Black has resigned", again);
  EXPECT_NE(over, std::string::npos) << played.output;
  EXPECT_NE(again, std::string::npos) << played.output;
  EXPECT_NE(resigned, std::string::npos) << played.output;
}

TEST(Play, OtherGamesAndWhite) {
  SKIP_WITHOUT_WINDOWS();
  const nn::ScratchFolder folder;
  const std::string script =
      folder.write("script.txt",
                   "quiet\nclick a1\nquiet\nclick a2\nquiet\nclick a3\nquiet\nclick c1\n"
                   "quiet\nclick c2\nquiet\nclick c3\nquiet\nwait 30\ntell\nquit\n");
  const Finished played =
      run_in_window("play --game tictactoe --color white --level 3 --script " + script);
  EXPECT_EQ(played.exit_code, 0) << played.output;
  EXPECT_FALSE(has(played.output, "Move 0\n")) << played.output;
}

selfplay::GameRecord short_game(uint64_t number) {
  selfplay::GameRecord record;
  record.game = envs::new_game("go:size=5")->spec().name;
  record.number = number;
  record.moves = {12, 6, 25, 25};
  record.searches.resize(record.moves.size());
  record.outcome = envs::Outcome{-1.0f, -3.0f};
  record.reason = "rules";
  return record;
}

TEST(View, ARunIsWatchedWhileItGrows) {
  SKIP_WITHOUT_WINDOWS();
  const nn::ScratchFolder folder;
  folder.write("run/options.json", "{}");
  folder.write("run/metrics.jsonl", "{\"loss\":3.0}\n{\"loss\":2.0,\"elo_against_previous\":50}\n");
  const std::string first = to_line(short_game(7)) + "\n";
  const std::string journal = folder.write("run/games/journal.jsonl", first);
  const std::string script = folder.write(
      "script.txt", "wait 300\ntell\nwait 4000\ntell\nsave " + folder.path("run.png") + "\nquit\n");
  std::thread run_goes_on([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    std::ofstream(journal, std::ios::app) << to_line(short_game(8)) << "\n{\"torn";
  });
  const Finished watched =
      run_in_window("view --run " + folder.path("run") + " --script " + script);
  run_goes_on.join();
  EXPECT_EQ(watched.exit_code, 0) << watched.output;
  const size_t seven = watched.output.find("game 7 · ");
  const size_t eight = watched.output.find("game 8 · ");
  EXPECT_NE(seven, std::string::npos) << watched.output;
  EXPECT_NE(eight, std::string::npos) << watched.output;
  EXPECT_LT(seven, eight);
  EXPECT_FALSE(has(watched.output, "banner")) << watched.output;
}

}  // namespace
}  // namespace tengen
