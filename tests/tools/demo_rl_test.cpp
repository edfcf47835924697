// `tengen demo rl` as a user runs it, and what becomes of its network in other processes.
#include <gtest/gtest.h>

#include "nn/io/image_file.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"
#include "tests/tools/served_onnx.h"

namespace tengen {
namespace {

class RlDemo : public ::testing::TestWithParam<std::string> {};

TEST_P(RlDemo, LearnsDrawsAndIsAsked) {
  const nn::ScratchFolder folder;
  const std::string out = folder.path("run");
  const Finished learned = run("demo rl --recipe " + GetParam() + " --epochs 1 --out " + out);
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  for (const char* part : {"Data: none", "Mean reward of 100 new episodes", "training time"})
    EXPECT_TRUE(has(learned.output, part)) << part << "\n" << learned.output;
  EXPECT_EQ(nn::read_image(out + "/reward.png").shape(), (nn::Shape{560, 900, 3}));
  EXPECT_FALSE(std::filesystem::exists(out + "/" + GetParam() + ".checkpoint.safetensors"));

  const std::string net = out + "/net.safetensors";
  const bool maze = GetParam().starts_with("maze");
  EXPECT_EQ(std::filesystem::exists(out + "/maze.png"), maze);
  const Finished asked = run("predict --net " + net + (maze ? " 1,1" : " 0.1,0,0.02,0"));
  EXPECT_EQ(asked.exit_code, 0) << asked.output;
  const std::string answers = maze ? "up\nright\ndown\nleft\n" : "left\nright\n";
  EXPECT_TRUE(has(answers, asked.output)) << asked.output;
  const Finished refused = run("predict --net " + net + " 1,x");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(has(refused.output, maze ? "a cell of the maze" : "4 numbers")) << refused.output;
  expect_onnx_agrees(net);
}

INSTANTIATE_TEST_SUITE_P(Recipes, RlDemo, ::testing::Values("cartpole-ppo", "maze-dqn"));

// Ctrl-C after a moment; the same command then ends as one that was never stopped.
TEST(RlDemoStopped, GoesOnAsIfNothingHadBeen) {
  const nn::ScratchFolder folder;
  const std::string command = "demo rl --recipe maze-ppo --epochs 3 --no-pictures --out ";
  const std::string stopped = folder.path("stopped"), whole = folder.path("whole");
  run_by_shell("timeout --foreground -s INT 0.5 '" TENGEN_PROGRAM "' " + command + stopped +
               " >/dev/null 2>&1");
  ASSERT_EQ(run(command + stopped).exit_code, 0);
  ASSERT_EQ(run(command + whole).exit_code, 0);
  EXPECT_EQ(nn::read_file(stopped + "/net.safetensors"), nn::read_file(whole + "/net.safetensors"));
}

TEST(RlDemoData, IsRefused) {
  const Finished refused = run("demo rl --data /dev/null");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(has(refused.output, "takes no data")) << refused.output;
}

}  // namespace
}  // namespace tengen
