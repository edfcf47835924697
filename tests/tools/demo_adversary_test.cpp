// `tengen demo adversary` as a user runs it, on few digits and for few epochs.
#include <gtest/gtest.h>

#include "tests/tools/image_files.h"

namespace tengen {
namespace {

TEST(DemoAdversary, ShowsTheAttackAndSavesTheNetworkThatWasTrainedAgainstIt) {
  const nn::ScratchFolder folder;
  const Finished learned =
      run("demo adversary --samples 400 --epochs 2 --epsilon 0.3 --out " + folder.path());
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  const auto figure = [&](const std::string& name) {
    const size_t at = learned.output.rfind("\n" + name);
    EXPECT_NE(at, std::string::npos) << name << "\n" << learned.output;
    return std::atof(learned.output.c_str() + at + 1 + name.size());
  };
  EXPECT_TRUE(has(learned.output, "precision")) << learned.output;
  // The plain network reads digits, but not attacked ones.
  EXPECT_GT(figure("plain mlp, clean"), 50) << learned.output;
  EXPECT_LT(figure("plain mlp, attacked"), 15) << learned.output;
  EXPECT_GE(figure("adversarial cnn, attacked"), figure("adversarial cnn, in 20 steps"));
  for (const char* name :
       {"examples", "accuracy-over-epsilon", "plain-mlp-loss", "adversarial-cnn-attacked-error"})
    expect_picture(folder.path(std::string(name) + ".png"));

  nn::Tensor image({28, 28, 1});
  for (int64_t y = 4; y < 24; ++y) image.data()[y * 28 + 13] = image.data()[y * 28 + 14] = 1;
  const std::string file = folder.path("one.png"), net = folder.path("net.safetensors");
  nn::write_png(file, image);
  expect_same_in_onnx(folder, net, image.reshape({1, 28, 28, 1}), predict(net, file),
                      {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
}

// Nothing is turned, so there is nothing to show of that.
TEST(DemoAdversary, WithoutAnyNoiseNothingChanges) {
  const nn::ScratchFolder folder;
  const Finished learned =
      run("demo adversary --samples 120 --epochs 1 --epsilon 0 --out " + folder.path());
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  EXPECT_FALSE(has(learned.output, "examples.png")) << learned.output;
}

TEST(DemoAdversary, RefusesAnEpsilonBeyondWhite) {
  const Finished refused = run("demo adversary --epsilon 1.5");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_TRUE(has(refused.output, "--epsilon")) << refused.output;
}

}  // namespace
}  // namespace tengen
