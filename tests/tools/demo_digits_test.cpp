// `tengen demo digits` as a user runs it, on few digits and for few epochs.
#include <gtest/gtest.h>

#include <utility>

#include "nn/base/rng.h"
#include "tests/nn/data_folder.h"
#include "tests/tools/image_files.h"

namespace tengen {
namespace {

const std::vector<std::string> kDigits = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

// The number behind `name` in what a demo ends with.
double figure(const std::string& output, const std::string& name) {
  const size_t at = output.rfind("\n" + name);
  EXPECT_NE(at, std::string::npos) << output;
  return at == std::string::npos ? 0 : std::atof(output.c_str() + at + 1 + name.size());
}

// A dark stroke from top to bottom on bright paper, larger than the network's images.
nn::Tensor scanned_one() {
  nn::Tensor paper({90, 120, 3});
  paper.fill(0.95f);
  for (int64_t y = 15; y < 75; ++y)
    for (int64_t x = 56; x < 63; ++x)
      for (int64_t c = 0; c < 3; ++c) paper.data()[(y * 120 + x) * 3 + c] = 0.1f;
  return paper;
}

// Without --data: strokes; everything that a run leaves is there, and another process reads a scan.
TEST(DemoDigits, DefaultLearnsStrokesAndLeavesANetworkThatReadsScans) {
  const nn::ScratchFolder folder;
  const std::string out = folder.path("run"), saved = folder.path("saved.safetensors");
  const Finished learned =
      run("demo digits --samples 1000 --epochs 3 --out " + out + " --save " + saved);
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  EXPECT_TRUE(has(learned.output, "digits made up by strokes, for want of --data"));
  EXPECT_TRUE(has(learned.output, "900 to learn from, 100 for validation, 1000 for the test"));
  EXPECT_TRUE(has(learned.output, "precision")) << learned.output;
  EXPECT_GT(figure(learned.output, "test accuracy"), 70) << learned.output;
  EXPECT_GT(figure(learned.output, "predictions"), 0) << learned.output;
  for (const char* name : {"cnn-loss", "cnn-error", "cnn-cross-entropy", "cnn-confusion",
                           "cnn-wrong-answers", "first-layer", "feature-maps"})
    expect_picture(out + "/" + name + ".png");

  const std::string scan = folder.path("scan.png"), ready = folder.path("ready.png");
  nn::write_png(scan, scanned_one());
  const Said one = predict(saved, scan);
  EXPECT_TRUE(has(one.all, "colours made grey")) << one.all;
  EXPECT_TRUE(has(one.all, "dark on bright, so inverted")) << one.all;
  EXPECT_TRUE(has(one.all, "90x120")) << one.all;
  EXPECT_EQ(one.name, "1") << one.all;

  // An image of the network's own kind is taken as it is.
  nn::Tensor image({28, 28, 1});
  for (int64_t y = 4; y < 24; ++y) image.data()[y * 28 + 13] = image.data()[y * 28 + 14] = 1;
  nn::write_png(ready, image);
  const Said same = predict(out + "/net.safetensors", ready);
  EXPECT_FALSE(has(same.all, ready)) << same.all;  // nothing to tell
  expect_same_in_onnx(folder, saved, image.reshape({1, 28, 28, 1}), same, kDigits);
}

TEST(DemoDigits, EveryRecipeAndOptionTrains) {
  const nn::ScratchFolder folder;
  const std::pair<std::string, std::string> cases[] = {
      {"mlp", "--recipe mlp --dropout 0.3 --batch-norm --optimizer nesterov"},
      {"drop", "--recipe mlp --drop-connect 0.4 --weight-decay 1e-4 --augment off"},
      {"cnn", "--batch-norm --dropout 0.2"},
      {"best", "--recipe best"}};
  for (const auto& [name, arguments] : cases) {
    const std::string out = folder.path(name);
    const Finished learned =
        run("demo digits --samples 150 --epochs 1 --no-pictures " + arguments + " --out " + out);
    ASSERT_EQ(learned.exit_code, 0) << arguments << "\n" << learned.output;
    const std::string file = folder.path(name + ".png");
    nn::write_png(file, scanned_one());
    EXPECT_GT(predict(out + "/net.safetensors", file).percent, 10) << arguments;
  }
}

TEST(DemoDigits, SixMethodsAreDrawnSideBySide) {
  const nn::ScratchFolder folder;
  const Finished learned =
      run("demo digits --recipe optimizers --samples 200 --epochs 2 --out " + folder.path());
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  for (const char* name : {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"})
    EXPECT_TRUE(has(learned.output, std::string("test accuracy, ") + name)) << learned.output;
  expect_picture(folder.path("optimizers-loss.png"));
  expect_picture(folder.path("optimizers-error.png"));
}

// Rows as in optdigits: 64 numbers to 16, then the class; class c is a bright row c % 8, and in
// classes 8 and 9 two of them.
std::string small_digits(int count) {
  std::string text;
  Rng rng(1);
  for (int i = 0; i < count; ++i) {
    const int digit = i % 10;
    for (int pixel = 0; pixel < 64; ++pixel) {
      const bool bright = pixel / 8 == digit % 8 || (digit > 7 && pixel / 8 == 5);
      text += std::to_string(bright ? 12 + rng.below(5) : rng.below(4)) + ",";
    }
    text += std::to_string(digit) + "\n";
  }
  return text;
}

TEST(DemoDigits, NetworksFitThemselvesToSmallDigitsInCsvFiles) {
  const nn::ScratchFolder folder;
  folder.write("optdigits.tra", small_digits(400));
  folder.write("optdigits.tes", small_digits(100));
  const Finished cnn = run("demo digits --epochs 6 --augment off --no-pictures --out " +
                           folder.path("cnn") + " --data " + folder.path());
  ASSERT_EQ(cnn.exit_code, 0) << cnn.output;
  EXPECT_GT(figure(cnn.output, "test accuracy"), 90) << cnn.output;
  const Finished mlp = run("demo digits --recipe mlp --epochs 1 --no-pictures --out " +
                           folder.path("mlp") + " --data " + folder.path("optdigits.tra"));
  EXPECT_EQ(mlp.exit_code, 0) << mlp.output;
  EXPECT_TRUE(has(mlp.output, "a fifth of it for the test: ")) << mlp.output;
}

TEST(DemoDigits, ErrorsNameTheFileAndTheRemedy) {
  const nn::ScratchFolder folder, empty, unequal, tables;
  write_idx(folder, "train", 200, 28, 12);  // two classes more than there are digits
  write_idx(folder, "t10k", 10);
  write_idx(unequal, "train", 200);
  write_idx(unequal, "t10k", 10, 32);
  const std::string text = small_digits(20);
  const std::string words = tables.write("words.csv", text + text.substr(0, 40) + "x,1\n");
  const std::string wide = tables.write("wide.csv", "1,2,3,4,5,6,0\n1,2,3,4,5,6,1\n");
  const std::string eleven = tables.write("eleven.csv", text + text.substr(0, 130) + "\n");
  const std::string few = tables.write("few.csv", small_digits(12));
  const std::pair<std::string, std::string> cases[] = {
      {"/does/not/exist", "/does/not/exist"},
      {empty.path(), "looked for train-images-idx3-ubyte"},
      {empty.path(), "apt-get install dataset-fashion-mnist"},
      {folder.path(), "train-labels-idx1-ubyte: byte 18: record 10"},
      {unequal.path(), "training samples are [28,28,1], test samples [32,32,1]"},
      {words, "words.csv: line 21"},
      {wide, "6 numbers and a class a line are no square image"},
      {eleven, "eleven.csv: line 21"},
      {few, "too few"}};
  for (const auto& [data, part] : cases) {
    const Finished refused =
        run("demo digits --epochs 1 --data " + data + " --out " + folder.path("out"));
    EXPECT_NE(refused.exit_code, 0) << data;
    EXPECT_TRUE(has(refused.output, part)) << refused.output;
    EXPECT_FALSE(has(refused.output, "internal error")) << refused.output;
  }
}

// Real handwriting: 2,000 digits, a few seconds.
TEST(DemoDigits, ReadsMnist) {
  DATA_OR_SKIP(mnist, "mnist");
  const nn::ScratchFolder folder;
  const Finished learned = run("demo digits --samples 2000 --epochs 6 --no-pictures --out " +
                               folder.path() + " --data " + mnist);
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  EXPECT_GT(figure(learned.output, "test accuracy"), 90) << learned.output;
}

}  // namespace
}  // namespace tengen
