// `tengen demo images` as a user runs it, on few images and for few epochs.
#include <gtest/gtest.h>

#include <utility>

#include "tests/tools/image_files.h"

namespace tengen {
namespace {

// Without --data: Debian's data set where it is installed, else shapes; either is told.
TEST(DemoImages, DefaultLeavesANetworkThatAnswers) {
  const nn::ScratchFolder folder;
  const Finished learned = run("demo images --samples 200 --epochs 1 --out " + folder.path());
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  EXPECT_TRUE(has(learned.output, "the IDX files in /usr/share/datasets/fashion-mnist") ||
              has(learned.output, "shapes made up by the program"))
      << learned.output;
  EXPECT_TRUE(has(learned.output, "% of 200 test samples are told right"));
  for (const char* name : {"cnn-loss", "cnn-error", "cnn-confusion", "cnn-wrong-answers",
                           "first-layer", "feature-maps"})
    expect_picture(folder.path(std::string(name) + ".png"));
}

TEST(DemoImages, ResidualNetworkLearnsWhatFilesHoldAndExportsIt) {
  const nn::ScratchFolder folder;
  write_idx(folder, "train", 400);
  write_idx(folder, "t10k", 50);
  const std::string net = folder.path("run/net.safetensors");
  const Finished learned =
      run("demo images --recipe resnet --epochs 3 --augment off --no-pictures --data " +
          folder.path() + " --out " + folder.path("run"));
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  EXPECT_TRUE(has(learned.output, "100.00 % of 50 test samples")) << learned.output;

  nn::Tensor image({28, 28, 1});  // class 5: a bar in row 14
  for (int64_t x = 4; x < 24; ++x) image.data()[14 * 28 + x] = 1;
  const std::string file = folder.path("bar.png");
  nn::write_png(file, image);
  const Said said = predict(net, file);
  EXPECT_EQ(said.name, "5") << said.all;
  expect_same_in_onnx(folder, net, image.reshape({1, 28, 28, 1}), said,
                      {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
}

// Records as CIFAR-10's: a class, then planes of red, green and blue.
std::string cifar_records(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    const char colour = static_cast<char>(i % 10);
    bytes += colour;
    for (int plane = 0; plane < 3; ++plane)
      bytes += std::string(1024, static_cast<char>(20 * colour + 30 * plane));
  }
  return bytes;
}

TEST(DemoImages, CifarIsReadInColourAndOtherPicturesAreResizedWithAWord) {
  const nn::ScratchFolder folder;
  for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                           "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"})
    folder.write(name, cifar_records(40));
  const Finished learned = run("demo images --epochs 1 --samples 120 --no-pictures --data " +
                               folder.path() + " --out " + folder.path("run"));
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  EXPECT_TRUE(has(learned.output, "CIFAR-10 in ")) << learned.output;
  const std::string grey = folder.path("grey.png");
  nn::Tensor picture({100, 80, 1});
  picture.fill(0.5f);
  nn::write_png(grey, picture);
  const Said said = predict(folder.path("run/net.safetensors"), grey);
  EXPECT_TRUE(has(said.all, "100x80 resized to 32x32")) << said.all;
  EXPECT_GE(said.percent, 10) << said.all;
}

TEST(DemoImages, ErrorsNameTheFileAndTheRemedy) {
  const nn::ScratchFolder cifar, tiny, net;
  cifar.write("data_batch_1.bin", cifar_records(40));
  write_idx(tiny, "train", 200, 6, 1);
  write_idx(tiny, "t10k", 10, 6, 1);
  const std::pair<std::string, std::string> cases[] = {
      {"demo images --data /dev", "/dev: no images that are known: looked for train-images-idx3"},
      {"demo images --data " + cifar.path(), "data_batch_2.bin: not there, though others are"},
      {"demo images --data " + tiny.path(), "images of 6x6 are too small"},
      {"predict --net " + net.write("other.safetensors", "no network") + " x.png",
       "other.safetensors"}};
  for (const auto& [arguments, part] : cases) {
    const bool demo = arguments.starts_with("demo");
    const Finished refused = run(arguments + (demo ? " --out " + net.path("out") : ""));
    EXPECT_NE(refused.exit_code, 0) << arguments;
    EXPECT_TRUE(has(refused.output, part)) << refused.output;
    EXPECT_FALSE(has(refused.output, "internal error")) << refused.output;
  }
}

}  // namespace
}  // namespace tengen
