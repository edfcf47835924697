#include "nn/data/csv.h"

#include <gtest/gtest.h>

#include "tests/nn/data_folder.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

std::string fault(const std::string& text, const CsvOptions& options = {}) {
  return error_of([&] { parse_csv(text, "a.csv", options); });
}

TEST(Csv, ReadsNumbersWithAndWithoutNames) {
  const CsvTable plain = parse_csv("1, 2.5,-3e2\r\n\n+4,\"5\",.5\n", "a.csv");
  EXPECT_TRUE(plain.columns.empty());
  EXPECT_EQ(plain.values.shape(), (Shape{2, 3}));
  EXPECT_EQ(plain.values.to_vector(), (std::vector<float>{1, 2.5f, -300, 4, 5, 0.5f}));
  EXPECT_EQ(plain.lines, (std::vector<int64_t>{1, 3}));
  const CsvTable named = parse_csv("\xef\xbb\xbfx,\"the \"\"y\"\", in m\"\n1,2", "a.csv");
  EXPECT_EQ(named.columns, (std::vector<std::string>{"x", "the \"y\", in m"}));
  EXPECT_EQ(named.values.to_vector(), (std::vector<float>{1, 2}));
  EXPECT_EQ(parse_csv("7;8\n1;2\n", "", {.separator = ';', .header = true}).columns,
            (std::vector<std::string>{"7", "8"}));
  EXPECT_EQ(parse_csv("", "a.csv").values.shape(), (Shape{0, 0}));
}

TEST(Csv, NamesFileLineAndColumnOfAFault) {
  EXPECT_EQ(fault("a,b\n1,2\n\n3\n"),
            "a.csv: line 4: 1 columns where the first line has 2; complete the row or remove it");
  EXPECT_EQ(fault("a,b\n1,x\n"),
            "a.csv: line 2: column 2 (b): \"x\" is not a finite number; replace it or remove the "
            "row");
  EXPECT_NE(fault("1,2\n1,\n").find("line 2: column 2: \"\""), std::string::npos);
  EXPECT_NE(fault("1,2\n1,2,3\n").find("line 2: 3 columns"), std::string::npos);
  EXPECT_NE(fault("1\nnan\n").find("line 2: column 1: \"nan\""), std::string::npos);
  EXPECT_NE(fault("1\n1e99\n").find("1e99"), std::string::npos);
  EXPECT_NE(fault("x\n", {.header = false}).find("line 1: column 1: \"x\""), std::string::npos);
  EXPECT_NE(fault("1,\"2\n").find("line 1: a quote is not closed"), std::string::npos);
  EXPECT_NE(fault("\"1\"2\n").find("line 1: column 1: text after"), std::string::npos);
}

TEST(Csv, TakesTheLabelApart) {
  const ScratchFolder folder;
  const std::string path = folder.write("t.csv", "1,2,0\n3,4,1\n");
  const DatasetPtr last = csv_dataset(path, {.classes = 2});
  ASSERT_EQ(last->size(), 2);
  EXPECT_EQ(last->get(1)[0].to_vector(), (std::vector<float>{3, 4}));
  EXPECT_EQ(last->get(1)[1].item(), 1);
  const DatasetPtr first = csv_dataset(path, {.column = 0});
  EXPECT_EQ(first->get(1)[0].to_vector(), (std::vector<float>{4, 1}));
  EXPECT_EQ(first->get(1)[1].item(), 3);
  expect_error([&] { csv_dataset(path, {.classes = 1}); }, {path, "line 2: column 3", "label 1"});
  const std::string half = folder.write("h.csv", "1,0\n2,0.5\n");
  expect_error([&] { csv_dataset(half, {.classes = 2}); }, {half, "line 2: column 2"});
  expect_error([&] { csv_dataset(path, {.column = 3}); }, {path, "no column 3"});
}

TEST(Csv, ReadsOptdigits) {
  DATA_OR_SKIP(path, "optdigits/optdigits.tes");
  const DatasetPtr digits = csv_dataset(path, {.classes = 10});
  ASSERT_EQ(digits->size(), 1797);
  EXPECT_EQ(digits->get(0)[0].shape(), Shape{64});
}

}  // namespace
}  // namespace tengen::nn
