// `tengen demo` as a user runs it, on data so small that an epoch takes no time.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "nn/base/rng.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"

namespace tengen {
namespace {

std::string big_endian(uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

// Two files as MNIST's: image i is a bar in row 2 * class + 4, and its class is i % classes.
void write_part(const nn::ScratchFolder& folder, const std::string& part, uint32_t count,
                uint32_t classes = 10) {
  std::string images = big_endian(0x803) + big_endian(count) + big_endian(28) + big_endian(28);
  std::string labels = big_endian(0x801) + big_endian(count);
  for (uint32_t i = 0; i < count; ++i) {
    std::string pixels(28 * 28, '\0');
    const uint32_t row = 2 * (i % classes) + 4;
    pixels.replace(row * 28 + 4, 20, std::string(20, '\xff'));
    images += pixels;
    labels += static_cast<char>(i % classes);
  }
  folder.write(part + "-images-idx3-ubyte", images);
  folder.write(part + "-labels-idx1-ubyte", labels);
}

TEST(DemoCommand, DigitsAndImagesTellWhatWasLearned) {
  const nn::ScratchFolder folder;
  write_part(folder, "train", 60);
  write_part(folder, "t10k", 30);
  const Finished digits = run("demo digits --epochs 1 --data " + folder.path());
  EXPECT_EQ(digits.exit_code, 0) << digits.output;
  EXPECT_TRUE(has(digits.output, "epoch 1: 1 steps")) << digits.output;
  EXPECT_TRUE(has(digits.output, "precision")) << digits.output;
  EXPECT_TRUE(has(digits.output, " % of the test digits are read.")) << digits.output;

  const Finished images = run("demo images --epochs 1 --data " + folder.path());
  EXPECT_EQ(images.exit_code, 0) << images.output;
  EXPECT_TRUE(has(images.output, " % of the test pictures are told right.")) << images.output;
}

// Shorter than a batch; the text that is written goes on from its first 64 letters.
TEST(DemoCommand, TextGoesOnFromItsBeginning) {
  const nn::ScratchFolder folder;
  std::string text;
  Rng rng(1);
  for (int i = 0; i < 200; ++i) text += "abcdef \n"[rng.below(8)];
  const Finished learned = run("demo text --epochs 1 --data " + folder.write("text.txt", text));
  EXPECT_EQ(learned.exit_code, 0) << learned.output;
  const size_t begin = learned.output.find(text.substr(0, 64));
  ASSERT_NE(begin, std::string::npos) << learned.output;
  EXPECT_EQ(learned.output.size() - begin, 64u + 500u + 1u);
}

TEST(DemoCommand, ErrorsNameTheFileAndTheRemedy) {
  const nn::ScratchFolder folder;
  write_part(folder, "train", 20, 12);  // two classes more than there are digits
  write_part(folder, "t10k", 10);
  const std::string short_text = folder.write("short.txt", "too short");
  const std::pair<std::string, std::string> cases[] = {
      {"digits", "--data"},
      {"digits --data /does/not/exist", "/does/not/exist"},
      {"images --data /dev", "/dev/train-images-idx3-ubyte: not there, neither with .gz; name the"},
      {"digits --data " + folder.path(), "train-labels-idx1-ubyte: byte 18: record 10"},
      {"text --data /does/not/exist.txt", "/does/not/exist.txt"},
      {"text --data " + short_text, "no window of 64"},
      {"text --epochs 0 --data " + short_text, "--epochs"}};
  for (const auto& [arguments, part] : cases) {
    const Finished refused = run("demo " + arguments);
    EXPECT_NE(refused.exit_code, 0) << arguments;
    EXPECT_TRUE(has(refused.output, part)) << refused.output;
    EXPECT_FALSE(has(refused.output, "internal error")) << refused.output;
  }
}

}  // namespace
}  // namespace tengen
