// Players by text: what is understood, and that what is not is named with a remedy.
#include "agents/player.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "agents/mcts_agent.h"
#include "agents/precision_report.h"
#include "nn/base/check.h"
#include "tests/agents/small_net.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::agents {
namespace {

void expect_error(const std::string& text, const std::vector<std::string>& parts) {
  try {
    make_player(text);
    FAIL() << "understood: " << text;
  } catch (const Error& error) {
    for (const std::string& part : parts) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
          << '"' << part << "\" is not in: " << error.what();
    }
  }
}

const MctsOptions& options_of(const std::unique_ptr<Agent>& agent) {
  return dynamic_cast<MctsAgent&>(*agent).options();
}

TEST(Player, KeysAreTaken) {
  const auto agent = make_player(
      "rollout:visits=1000,time=2.5,rows=3,temperature=0.5,temperature_moves=8,resign=-0.8,"
      "noise=0.25,memory_mib=64,seed=9,playouts=2");
  const MctsOptions& options = options_of(agent);
  EXPECT_EQ(options.limits.visits, 1000);
  EXPECT_EQ(options.limits.time_s, 2.5);
  EXPECT_EQ(options.rows_per_wave, 3);
  EXPECT_EQ(options.temperature, 0.5f);
  EXPECT_EQ(options.temperature_moves, 8);
  EXPECT_EQ(options.resign_value, -0.8f);
  EXPECT_EQ(options.search.noise_fraction, 0.25f);
  EXPECT_EQ(options.search.memory_mib, 64u);
  EXPECT_EQ(options.seed, 9u);
}

TEST(Player, ATimeAloneDecidesAlone) {
  const auto timed = make_player("rollout:time=1");
  EXPECT_EQ(options_of(timed).limits.visits, 0);
  EXPECT_EQ(options_of(timed).limits.time_s, 1.0);
  const auto plain = make_player("rollout");
  EXPECT_EQ(options_of(plain).limits.visits, 0);
  EXPECT_EQ(options_of(plain).limits.time_s, 0.0);
}

TEST(Player, ResignNever) {
  EXPECT_EQ(options_of(make_player("rollout:resign=never")).resign_moves, 0);
}

TEST(Player, TheShippedNetHasShortNames) {
  EXPECT_NE(dynamic_cast<MctsAgent*>(make_player("net").get()), nullptr);
  EXPECT_EQ(options_of(make_player("net:visits=77")).limits.visits, 77);
  EXPECT_EQ(options_of(make_player("visits=78")).limits.visits, 78);
}

TEST(Player, ANetPathMayHoldAnEqualsSign) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("tengen_player_test_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string path = folder / "lr=0.1.net";
  save_net(path, *opinionated_net(envs::new_game("go:size=9")->spec(), 1));
  EXPECT_EQ(options_of(make_player("net:" + path + ",visits=5")).limits.visits, 5);
  std::ofstream(path) << "rubbish";
  expect_error("net:" + path + ",visits=5", {path});
  std::filesystem::remove_all(folder);
}

TEST(Player, AMissingNetFileIsNamed) {
  expect_error("net:/no/such/file", {"/no/such/file"});
  expect_error("net:/no/such=1/file.safetensors,visits=3", {"/no/such=1/file.safetensors"});
}

TEST(Player, ANetForAnotherGameIsNamedWhenAGameBegins) {
  const std::string path = std::filesystem::temp_directory_path() /
                           ("tengen_player_test_" + std::to_string(::getpid()) + ".safetensors");
  save_net(path, *opinionated_net(envs::new_game("tictactoe")->spec(), 1));
  const auto agent = make_player("net:" + path);
  agent->start(*envs::new_game("tictactoe"));
  try {
    agent->start(*envs::new_game("go:size=9"));
    FAIL() << "a game of Go began with a network for tic-tac-toe";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("tictactoe"), std::string::npos) << error.what();
  }
  std::filesystem::remove(path);
}

// A report that cannot be read shows who asks for it.
TEST(Player, WhereNoPrecisionIsNamedTheFilesReportDecides) {
  const nn::ScratchFolder folder;
  const std::string path = folder.path("net.safetensors");
  save_net(path, *opinionated_net(envs::new_game("go:size=5")->spec(), 1),
           {{kReportsKey, "nonsense"}});
  for (const char* precision : {"", ",precision=auto"})
    expect_error("net:" + path + precision, {path, kReportsKey});
  for (const char* precision : {"float32", "bfloat16", "int16"}) {
    const auto agent = make_player("net:" + path + ",visits=2,precision=" + precision);
    agent->start(*envs::new_game("go:size=5"));
    EXPECT_EQ(agent->choose({}).report.visits, 2) << precision;
  }
}

TEST(Player, UnknownPlayersAndKeysAreNamedWithTheKnownOnes) {
  expect_error("", {"known are net, rollout, random, gtp:COMMAND"});
  expect_error("gnugo", {"\"gnugo\"", "known are net, rollout, random, gtp:COMMAND"});
  expect_error("rollout:visit=1", {"\"visit\"", "visits, time, rows"});
  expect_error("rollout:cache_mib=1", {"\"cache_mib\"", "playouts"});
  expect_error("visit=1", {"\"visit\"", "visits, time, rows"});
  expect_error("random:visits=1", {"\"visits\"", "known are seed"});
  expect_error("gtp:", {"needs a command"});
}

TEST(Player, WrongValuesAreNamedWithWhatIsWanted) {
  expect_error("rollout:visits", {"\"visits\" needs a value"});
  expect_error("rollout:visits=", {"visits= is not"});
  expect_error("rollout:visits=0", {"visits=0 is not a whole number from 1 on"});
  expect_error("rollout:visits=12x", {"visits=12x is not"});
  expect_error("rollout:visits=99999999999999", {"is not a whole number"});
  expect_error("rollout:time=-1", {"time=-1 is not seconds"});
  expect_error("rollout:time=nan", {"time=nan is not"});
  expect_error("rollout:noise=2", {"noise=2 is not a fraction"});
  expect_error("visits=1,symmetry=all", {"symmetry=all is not none or hashed"});
  expect_error("net:precision=int8", {"precision=int8 is not auto, float32, bfloat16 or int16"});
  expect_error("rollout:visits=1,,time=2", {"unknown key \"\""});
}

}  // namespace
}  // namespace tengen::agents
