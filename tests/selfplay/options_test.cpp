// Every option has one name; wrong names and values are refused with the way out.
#include "selfplay/options.h"

#include <gtest/gtest.h>

#include <set>

#include "nn/base/check.h"
#include "selfplay/run_folder.h"
#include "tests/selfplay/example_games.h"

namespace tengen::selfplay {
namespace {

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Options, EveryPresetIsWithinTheTable) {
  for (const Preset& preset : presets()) {
    RunOptions options = preset_options(preset.name);
    std::set<std::string> keys;
    for (const OptionField& field : option_fields(options)) {
      EXPECT_TRUE(keys.insert(field.key).second) << field.key;
      set_option(options, field.key, option_text(field));  // its own value is in range
    }
  }
}

TEST(Options, JsonRoundTrip) {
  RunOptions options = preset_options("go9");
  set_option(options, "trainer.learning_rate=0.0031");
  set_option(options, "actor.precision=int16");
  EXPECT_EQ(options_from_json(options_to_json(options), "test").actor.precision,
            nn::PlanPrecision::kInt16);
  EXPECT_EQ(options_to_json(options_from_json(options_to_json(options), "test")),
            options_to_json(options));
}

TEST(Options, UnknownKeysNameTheirNeighbours) {
  RunOptions options;
  const auto text = error_of([&] { set_option(options, "trainer.lerning_rate=1"); });
  EXPECT_NE(text.find("trainer.learning_rate"), std::string::npos) << text;
  const auto json = error_of([] { options_from_json("{\"nets.block\": \"3\"}", "file.json"); });
  EXPECT_TRUE(json.starts_with("file.json: unknown option")) << json;
}

TEST(Options, WrongValuesAreErrors) {
  RunOptions options;
  for (const char* wrong : {"actor.games=0", "actor.games=2.5", "actor.games=many",
                            "actor.games=", "trainer.learning_rate=nan", "trainer.learning_rate=1x",
                            "replay.symmetries=maybe", "actor.games", "actor.precision=int8"}) {
    EXPECT_NE(error_of([&] { set_option(options, wrong); }), "") << wrong;
  }
}

TEST(RunFolder, ResumedOptionsAreTheStoredOnesAndTheNetKeepsItsShape) {
  const Folder folder;
  const std::string path = folder.path("run");
  { RunFolder(path).resolve("tictactoe", {"trainer.batch=96"}); }
  EXPECT_EQ(RunFolder(path).resolve("tictactoe", {}).trainer.batch, 96);
  EXPECT_EQ(RunFolder(path).resolve("tictactoe", {"loop.replay_ratio=2"}).loop.replay_ratio, 2.0f);
  const auto text = error_of([&] { RunFolder(path).resolve("tictactoe", {"net.channels=32"}); });
  EXPECT_NE(text.find("net.channels"), std::string::npos) << text;
  EXPECT_NE(error_of([&] { RunFolder(path).resolve("go9", {}); }), "");
}

TEST(RunFolder, ASecondProcessIsAnError) {
  const Folder folder;
  const RunFolder first(folder.path("run"));
  const auto text = error_of([&] { RunFolder second(folder.path("run")); });
  EXPECT_NE(text.find("another process"), std::string::npos) << text;
}

}  // namespace
}  // namespace tengen::selfplay
