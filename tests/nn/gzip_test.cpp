// Oracle: a stream made by Python's gzip module.
#include "nn/io/gzip.h"

#include <gtest/gtest.h>

#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

using namespace std::string_literals;

const std::string kGolden =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\x48\xaf\xca\x2c\xe0\x02\x00\x86\x1f\x82\xa4\x0c\x00\x00\x00"s;

TEST(Gzip, UnpacksWhatAnotherProgramPacked) {
  EXPECT_EQ(gunzip(kGolden, "g"), "hello, gzip\n");
  EXPECT_EQ(gunzip(kGolden + kGolden, "g"), "hello, gzip\nhello, gzip\n") << "two members";
}

TEST(Gzip, RoundTripOfMoreThanABlock) {
  std::string text;
  for (int i = 0; text.size() < 700'000; ++i) text += std::to_string(i * 7919 % 1000003);
  EXPECT_EQ(gunzip(gzip(text), "g"), text);
  EXPECT_EQ(gunzip(gzip(""), "g"), "");
}

TEST(Gzip, DamageIsAnErrorThatNamesTheFile) {
  for (size_t length = 0; length < kGolden.size(); ++length)
    expect_error([&] { gunzip(kGolden.substr(0, length), "a.gz"); }, {"a.gz: ", "cut off"});
  std::string damaged = kGolden;
  damaged[damaged.size() - 6] ^= 1;  // in the checksum
  expect_error([&] { gunzip(damaged, "a.gz"); }, {"a.gz: byte ", "not a valid gzip file"});
  expect_error([&] { gunzip(kGolden + "garbage", "a.gz"); }, {"a.gz", "not a valid gzip file"});
}

TEST(Gzip, ReadsPlainAndPackedFilesAlike) {
  const ScratchFolder folder;
  EXPECT_EQ(read_file_or_gzip(folder.write("plain", "text")), "text");
  EXPECT_EQ(read_file_or_gzip(folder.write("packed", kGolden)), "hello, gzip\n");
  EXPECT_EQ(read_file_or_gzip(folder.write("empty", "")), "");
}

}  // namespace
}  // namespace tengen::nn
