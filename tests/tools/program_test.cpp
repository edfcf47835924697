// The program as a user meets it: help, version, errors and exit codes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/tools/program.h"

namespace tengen {
namespace {

TEST(Program, HelpNamesEveryCommandWithExamples) {
  const Finished help = run("--help");
  EXPECT_EQ(help.exit_code, 0);
  for (const char* word : {"gtp", "match", "train", "net", "bench", "demo", "Examples"})
    EXPECT_TRUE(has(help.output, word)) << word;
  for (const char* command : {"gtp", "match", "train", "net", "bench", "demo"}) {
    const Finished one = run(std::string(command) + " --help");
    EXPECT_EQ(one.exit_code, 0) << command;
    EXPECT_TRUE(has(one.output, "xample")) << command << " has no example";
  }
}

TEST(Program, VersionTellsWhatIsCompiledIn) {
  const Finished version = run("--version");
  EXPECT_EQ(version.exit_code, 0);
  for (const char* word : {"tengen", "CPU kernels", "GPU: ", "SDL2"})
    EXPECT_TRUE(has(version.output, word)) << version.output;
}

TEST(Program, ADeviceThatIsNotThereIsAnErrorThatSaysWhyAndWhatWorks) {
  for (const char* command : {"demo linear --device cuda:99", "bench eval --device cuda:99",
                              "gtp --device cuda:99", "bench train --device cuda:99"}) {
    const Finished refused = run(command);
    EXPECT_EQ(refused.exit_code, 1) << command;
    EXPECT_TRUE(has(refused.output, "cuda:99")) << refused.output;
    EXPECT_TRUE(has(refused.output, "cpu works everywhere")) << refused.output;
  }
  EXPECT_TRUE(has(run("demo linear --device gpu").output, "known are auto, cpu and cuda:N"));
}

TEST(Program, RefusesWhatItDoesNotKnow) {
  for (const char* arguments : {"", "gpt", "gtp --sizes 9", "bench nonsense", "match net",
                                "--threads 0 gtp", "train go9"}) {
    const Finished refused = run(arguments);
    EXPECT_NE(refused.exit_code, 0) << arguments;
    EXPECT_FALSE(refused.output.empty()) << arguments;
    EXPECT_FALSE(has(refused.output, "internal error")) << refused.output;
  }
}

TEST(Program, RefusesATrainingBeforeItMakesAFolder) {
  const std::string folder = ::testing::TempDir() + "never_made";
  for (const std::string& what : {std::string("go8"), std::string("go9 --set trainer.bach=64")}) {
    const Finished refused = run("train " + what + " --run " + folder);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_FALSE(std::filesystem::exists(folder)) << what;
  }
}

TEST(Program, ABrokenNetworkIsReportedBeforeTheFirstCommand) {
  const std::string path = ::testing::TempDir() + "broken.safetensors";
  std::ofstream(path) << "not a network";
  for (const std::string& net : {path, std::string("/does/not/exist.safetensors")}) {
    const Finished refused = run("gtp --player net:" + net);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(has(refused.output, net)) << refused.output;
  }
  std::filesystem::remove(path);
}

TEST(Program, TheSignatureRepeats) {
  const Finished first = run("bench signature");
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_EQ(first.output.size(), 17u) << first.output;
  EXPECT_EQ(run("--threads 1 bench signature").output, first.output);
  EXPECT_EQ(run("--threads 3 bench signature").output, first.output);
}

}  // namespace
}  // namespace tengen
