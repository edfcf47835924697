// `tengen demo`: what all demos are asked alike; each is tested in the file of its name.
#include <gtest/gtest.h>

#include <string>
#include <utility>

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

}  // namespace
}  // namespace tengen
