// `tengen demo`: what all demos are asked alike; each is tested in the file of its name.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "nn/io/atomic_file.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"

namespace tengen {
namespace {

TEST(DemoCommand, ErrorsNameTheOptionAndTheRemedy) {
  const std::pair<std::string, std::string> cases[] = {
      {"text --data /does/not/exist.txt", "/does/not/exist.txt"},
      {"text --recipe nosuch", "--recipe"},
      {"text --epochs 0", "--epochs"},
      {"", "A subcommand is required"}};
  for (const auto& [arguments, part] : cases) {
    const Finished refused = run("demo " + arguments);
    EXPECT_NE(refused.exit_code, 0) << arguments;
    EXPECT_TRUE(has(refused.output, part)) << refused.output;
    EXPECT_FALSE(has(refused.output, "internal error")) << refused.output;
  }
}

TEST(DemoCommand, ABenchTellsMeansOverSeedsAndDoesNotRepeatItself) {
  const nn::ScratchFolder folder;
  const std::string command = "demo digits --samples 60 --epochs 1 --recipe mlp --no-pictures" +
                              (" --bench --seeds 2 --out " + folder.path("runs")) + " --json " +
                              folder.path("figures.json");
  const Finished first = run(command);
  ASSERT_EQ(first.exit_code, 0) << first.output;
  EXPECT_FALSE(has(first.output, "measured before")) << first.output;
  const auto content = nlohmann::json::parse(nn::read_file(folder.path("figures.json")));
  EXPECT_EQ(content.at("demo"), "digits");
  const auto& figure = content.at("figures").at(0);
  EXPECT_EQ(figure.at("name"), "test accuracy");
  ASSERT_EQ(figure.at("values").size(), 2u);
  EXPECT_DOUBLE_EQ(
      figure.at("mean").get<double>(),
      (figure.at("values").at(0).get<double>() + figure.at("values").at(1).get<double>()) / 2);
  const Finished second = run(command);
  EXPECT_EQ(second.exit_code, 0) << second.output;
  EXPECT_TRUE(has(second.output, "mlp seed 2: measured before")) << second.output;
  const Finished other = run(command + " --dropout 0.5");  // figures of something else
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_TRUE(has(other.output, "--out")) << other.output;
}

// A training that would take for ever, stopped twice by Ctrl-C.
TEST(DemoCommand, AStoppedRunGoesOnWhereItWasAndOnlyAsItWas) {
  const nn::ScratchFolder folder;
  const std::string options =
      "demo digits --samples 60 --recipe mlp --epochs 100000 --out " + folder.path("run");
  const auto stopped_after = [&](const char* seconds) {
    return run_by_shell(std::string("timeout --foreground -s INT ") + seconds +
                        " '" TENGEN_PROGRAM "' " + options + " 2>&1 </dev/null");
  };
  const Finished first = stopped_after("3");
  EXPECT_TRUE(has(first.output, "mlp epoch 1/100000")) << first.output;
  EXPECT_TRUE(has(first.output, "the same command goes on from here")) << first.output;
  const Finished other = run(options + " --dropout 0.5");
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_TRUE(has(other.output, "an unfinished run with other options is there")) << other.output;
  const Finished second = stopped_after("2");
  EXPECT_FALSE(has(second.output, "mlp epoch 1/100000")) << second.output;
  EXPECT_TRUE(has(second.output, "the same command goes on from here")) << second.output;
}

}  // namespace
}  // namespace tengen
