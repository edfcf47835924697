// `tengen net` as a user runs it; the exported network in an independent runtime.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "agents/policy_value_net.h"
#include "agents/precision_report.h"
#include "envs/games.h"
#include "nn/base/rng.h"
#include "nn/io/safetensors.h"
#include "nn/io/weights_file.h"
#include "tests/nn/onnx_runtime.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"

namespace tengen {
namespace {

TEST(NetCommand, SummaryNamesLayersAndTotals) {
  const Finished finished = run("net summary --size 9");
  EXPECT_EQ(finished.exit_code, 0);
  for (const char* part : {"stem.conv", "conv2d", "[1,9,9,", "total", "parameters", "FLOPs"})
    EXPECT_TRUE(has(finished.output, part)) << part << "\n" << finished.output;
}

TEST(NetCommand, TheExportedNetworkSaysTheSameInAnotherRuntime) {
  const nn::ScratchFolder folder;
  const Finished finished = run("net export-onnx " + folder.path("net.onnx") + " --size 9");
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  const std::string model = nn::read_file(folder.path("net.onnx"));
  const auto runtime = nn::OnnxRuntime::find();
  if (!runtime) GTEST_SKIP() << nn::OnnxRuntime::kHowToGetIt;

  const auto net = agents::shipped_net();
  Rng rng(1);
  nn::Tensor planes({3, 9, 9, net->config().planes});
  for (float& x : planes.values()) x = rng.below(2) ? 1.0f : 0.0f;
  const nn::NoGrad no_grad;
  const agents::PolicyValueOutput expected = net->forward(nn::Var(planes));
  const auto results = runtime->run({{model, {"planes"}, {planes}}}, folder.path());
  ASSERT_EQ(results[0].error, "");
  ASSERT_EQ(results[0].outputs.size(), 4u);
  const nn::Var wanted[] = {expected.policy, expected.value, expected.score, expected.ownership};
  for (size_t k = 0; k < 4; ++k) {
    ASSERT_EQ(results[0].outputs[k].shape(), wanted[k].shape()) << k;
    const auto a = results[0].outputs[k].to_vector(), b = wanted[k].value().to_vector();
    for (size_t i = 0; i < a.size(); ++i)
      ASSERT_NEAR(a[i], b[i], 1e-4 * std::max(1.0f, std::abs(b[i]))) << k << " at " << i;
  }
}

TEST(NetCommand, WeightsGoToNumpyAndBack) {
  const nn::ScratchFolder folder;
  agents::PolicyValueNet net({.planes = 5, .blocks = 1, .channels = 4}, 1);
  const std::string first = folder.path("first.safetensors");
  agents::save_net(first, net);
  const Finished there = run("net convert " + first + " " + folder.path("w.npz"));
  EXPECT_EQ(there.exit_code, 0) << there.output;
  EXPECT_TRUE(has(there.output, "--metadata")) << there.output;
  const std::string second = folder.path("second.safetensors");
  EXPECT_EQ(
      run("net convert " + folder.path("w.npz") + " " + second + " --metadata " + first).exit_code,
      0);
  EXPECT_EQ(nn::read_file(second), nn::read_file(first));
}

TEST(NetCommand, AReportIsMeasuredSavedAndShown) {
  const nn::ScratchFolder folder;
  const std::string path = folder.path("net.safetensors");
  agents::PolicyValueNet net({.game = "tictactoe",
                              .planes = envs::new_game("tictactoe")->spec().planes,
                              .pass = false,
                              .blocks = 1,
                              .channels = 4},
                             1);
  agents::save_net(path, net);
  EXPECT_TRUE(has(run("net summary --size 3 --net " + path).output, "no report"));
  const Finished measured =
      run("net report " + path + " --positions 20 --games 4 --visits 4 --seconds 0.001");
  EXPECT_EQ(measured.exit_code, 0) << measured.output;
  for (const char* part :
       {"int16 against float32, 3x3, on 20 held", "policy divergence", "same best move",
        "evaluations/s", "of 4 games", "4 visits", "0.001 s a move", "game 4 of 4"})
    EXPECT_TRUE(has(measured.output, part)) << part << "\n" << measured.output;

  agents::PrecisionReport report;
  report.game = "tictactoe";
  report.height = report.width = 3;
  report.cost.positions = 77;
  report.float32_evaluations_per_s = 1.0;
  agents::save_report(path, report);
  EXPECT_TRUE(has(run("net summary --size 3 --net " + path).output, "on 77 held positions"));
  // Metadata that goes to other weights leaves the report behind.
  const std::string weights = folder.path("w.npz"), other = folder.path("other.safetensors");
  EXPECT_EQ(run("net convert " + path + " " + weights).exit_code, 0);
  EXPECT_EQ(run("net convert " + weights + " " + other + " --metadata " + path).exit_code, 0);
  EXPECT_TRUE(agents::carried_reports(other).empty());
}

TEST(NetCommand, ErrorsNameTheFileAndTheRemedy) {
  for (const auto& [arguments, part] :
       {std::pair("net export-onnx net.txt", ".onnx"),
        std::pair("net convert /does/not/exist.npz out.safetensors", "/does/not/exist.npz"),
        std::pair("net convert weights.pt out.npz", ".safetensors or .npz"),
        std::pair("net summary --net /does/not/exist.safetensors", "/does/not/exist"),
        std::pair("net report /does/not/exist.safetensors", "/does/not/exist"),
        std::pair("net report --precision int4", "float32, bfloat16 and int16"),
        std::pair("net report --precision float32", "less than float32"),
        std::pair("net report --games 4", "--visits, --seconds"),
        std::pair("net report --save", "inside the program"), std::pair("net", "subcommand")}) {
    const Finished refused = run(arguments);
    EXPECT_NE(refused.exit_code, 0) << arguments;
    EXPECT_TRUE(has(refused.output, part)) << refused.output;
    EXPECT_FALSE(has(refused.output, "internal error")) << refused.output;
  }
}

}  // namespace
}  // namespace tengen
