// `tengen demo` as a user runs it, on data so small that an epoch takes no time.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "nn/base/rng.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"

namespace tengen {
namespace {

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
  const std::string short_text = folder.write("short.txt", "too short");
  const std::pair<std::string, std::string> cases[] = {
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
