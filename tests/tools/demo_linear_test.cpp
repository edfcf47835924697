// `tengen demo linear` as a user runs it: made points, tables of CSV, and what is refused.
#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/rng.h"
#include "nn/io/image_file.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"
#include "tools/demos/tables.h"

namespace tengen {
namespace {

// The number behind `name` in what the demo prints.
double figure(const std::string& output, const std::string& name) {
  const size_t at = output.rfind(name);
  return at == std::string::npos ? std::nan("") : std::stod(output.substr(at + name.size()));
}

TEST(LinearDemo, DescentFindsWhatTheClosedFormSays) {
  const nn::ScratchFolder out;
  const Finished finished = run("demo linear --out " + out.path("run"));
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_TRUE(has(finished.output, "a wave with noise, made here; 20 rows to learn from"));
  EXPECT_LT(figure(finished.output, "difference of the weights"), 100) << finished.output;
  const double best = figure(finished.output, "its test error");
  EXPECT_LT(best, 0.4) << finished.output;  // the noise alone is 0.3
  EXPECT_GT(figure(finished.output, "test error of degree 12"), best);
  for (const char* name : {"degrees", "curves"})
    EXPECT_EQ(nn::read_image(out.path("run") + "/" + name + ".png").shape(),
              (nn::Shape{560, 900, 3}));
}

TEST(LinearDemo, LogisticRegressionDrawsItsBoundary) {
  const nn::ScratchFolder out;
  const Finished finished = run("demo linear --recipe logistic --out " + out.path("run"));
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_LT(figure(finished.output, "difference of the weights"), 100) << finished.output;
  EXPECT_GT(figure(finished.output, "test accuracy"), 85) << finished.output;
  EXPECT_EQ(nn::read_image(out.path("run") + "/boundary.png").shape(), (nn::Shape{560, 900, 3}));
}

// 5 + 2 a - 3 b without noise is found to the last digits.
TEST(LinearDemo, APlaneOfATableIsFound) {
  const nn::ScratchFolder folder;
  std::string text = "a,b,target\n";
  Rng rng(1);
  for (int i = 0; i < 60; ++i) {
    const double a = 10 * rng.uniform(), b = rng.uniform();
    text += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(5 + 2 * a - 3 * b) +
            "\n";
  }
  const Finished finished =
      run("demo linear --data " + folder.write("plane.csv", text) + " --out " + folder.path("run"));
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_TRUE(has(finished.output, "40 rows to learn from, 20 to test")) << finished.output;
  EXPECT_TRUE(has(finished.output, "0.0000 by descent, 0.0000 in closed form")) << finished.output;
}

TEST(LinearDemo, RefusesTablesItCannotLearnFrom) {
  const nn::ScratchFolder folder;
  const std::string three = folder.write("three.csv", "1,0\n2,1\n3,2\n4,0\n5,1\n6,0\n");
  const std::pair<std::string, std::string> cases[] = {
      {"--recipe logistic --data " + three, "three.csv: line 3, column 2: the class is 2"},
      {"--data " + folder.write("one.csv", "1\n2\n3\n4\n5\n6\n"), "has one column"},
      {"--data " + folder.write("few.csv", "1,2\n3,4\n"), "has 2 rows; 6 are the least"},
      {"--data " + folder.write("words.csv", "1,2\n3,four\n"), "words.csv: line 2"},
      {"--save net.safetensors", "trains no network"}};
  for (const auto& [arguments, part] : cases) {
    const Finished refused = run("demo linear " + arguments + " --out " + folder.path("run"));
    EXPECT_EQ(refused.exit_code, 1) << refused.output;
    EXPECT_TRUE(has(refused.output, part)) << refused.output;
  }
}

TEST(Powers, AreOfNumbersBetweenMinusOneAndOne) {
  const std::vector<float> x{0, 1, 4}, expected{-1, 1, -0.5f, 0.25f, 1, 1};
  const nn::Tensor column({3, 1}, x);
  EXPECT_EQ(tools::powers(column, column, 2).to_vector(), expected);
}

TEST(Standardized, HasTheOthersMeanAndDeviation) {
  const std::vector<float> of{1, 5, 3, 5}, x{2, 7}, expected{0, 2};
  EXPECT_EQ(tools::standardized(nn::Tensor({1, 2}, x), nn::Tensor({2, 2}, of)).to_vector(),
            expected);
}

}  // namespace
}  // namespace tengen
