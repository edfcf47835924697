// `tengen bench eval` and `train` as a user runs them: the figures that they tell and what they
// refuse. How fast anything is stays out of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/nn/data_folder.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"

namespace tengen {
namespace {

constexpr const char* kReferenceNet = "nets/g170-b6c96-s175395328-d26788732.bin.gz";

std::string quoted(const std::string& path) { return '\'' + path + '\''; }

Finished bench_eval(const std::string& arguments) {
  return run("bench eval --sizes 5 --seconds 0.01 --turns 1 " + arguments);
}

TEST(BenchCommand, EvalTellsEveryFigureAndWritesThem) {
  const nn::ScratchFolder folder;
  const Finished told = bench_eval("--json " + quoted(folder.path("a.json")));
  ASSERT_EQ(told.exit_code, 0) << told.output;
  std::ifstream file(folder.path("a.json"));
  const std::string json{std::istreambuf_iterator<char>(file), {}};
  for (const char* figure :
       {"6 blocks x 64 channels 5x5 float32, one core", "float32, one core, 16 at once",
        "one by one to 16 at once", "workers", "as direct convolution", "each thread",
        "6 blocks x 96 channels 5x5 float32, packed weights"}) {
    EXPECT_TRUE(has(told.output, figure)) << figure << "\n" << told.output;
    EXPECT_TRUE(has(json, figure)) << figure << "\n" << json;
  }
}

TEST(BenchCommand, EvalRefusesWhatItCannotMeasure) {
  const nn::ScratchFolder folder;
  const std::string text = quoted(folder.write("net.txt", "x"));
  EXPECT_TRUE(has(bench_eval("--net " + text).output, "name a .safetensors file"));
  const std::string damaged = quoted(folder.write("net.bin", "name\n15\n"));
  EXPECT_TRUE(has(bench_eval("--net " + damaged).output, "model version 15"));
  EXPECT_TRUE(has(bench_eval("--peer /bin/false").output, "add --net FILE.bin.gz"));
  EXPECT_NE(bench_eval("--precision int4").exit_code, 0);
}

// A program that answers as KataGo's benchmark does, if it is asked as that is.
TEST(BenchCommand, EvalTakesTurnsWithAPeer) {
  DATA_OR_SKIP(net, kReferenceNet);
  const nn::ScratchFolder folder;
  const std::string peer = folder.write("katago",
                                        "#!/bin/sh\n"
                                        "[ \"$1 $2\" = 'benchmark -model' ] || exit 1\n"
                                        "[ -f \"$3\" ] && [ -f \"$5\" ] || exit 1\n"
                                        "echo 'nnEvals/s = 1.0 nnEvals/s = 1000.00 n'\n");
  std::filesystem::permissions(peer, std::filesystem::perms::owner_all);
  const Finished told = bench_eval("--net " + quoted(net) + " --peer " + quoted(peer));
  EXPECT_EQ(told.exit_code, 0);
  EXPECT_TRUE(has(told.output, "KataGo on ")) << told.output;
  EXPECT_TRUE(has(told.output, " 1000 evaluations/s")) << told.output;
  const Finished failed = bench_eval("--net " + quoted(net) + " --peer /bin/false");
  EXPECT_TRUE(has(failed.output, "run it by hand to see why: /bin/false benchmark"))
      << failed.output;
}

TEST(BenchCommand, TrainRunsItselfForEachMeasurement) {
  const Finished told = run("bench train --only mlp --seconds 0.01 --rounds 1");
  EXPECT_EQ(told.exit_code, 0) << told.output;
  EXPECT_TRUE(has(told.output, "mlp    bf16")) << told.output;
}

}  // namespace
}  // namespace tengen
