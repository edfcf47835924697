// Oracles: the check value of CRC-32C (RFC 3720), and bytes computed by another program.
#include "nn/io/tfrecord.h"

#include <gtest/gtest.h>

#include "nn/io/atomic_file.h"
#include "nn/io/crc32c.h"
#include "nn/io/gzip.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

using namespace std::string_literals;

const std::string kGolden =
    "\x03\x00\x00\x00\x00\x00\x00\x00\xb0\x99\x49\x0e\x61\x62\x63\x6e\x57\xf1\x21"s;

TEST(Crc32c, HasTheCheckValuesOfItsStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43u);
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(TfRecord, FramesARecordAsTensorFlowDoes) { EXPECT_EQ(framed_record("abc"), kGolden); }

TEST(TfRecord, ReadsRecordsInAnyOrderPlainAndGzip) {
  const ScratchFolder folder;
  TfRecordWriter writer(folder.path("a"));
  writer.write("abc");
  writer.write("");
  writer.write(std::string(1000, 'x'));
  writer.flush();
  const std::string bytes = read_file(folder.path("a"));
  EXPECT_TRUE(bytes.starts_with(kGolden));
  for (const std::string& path : {folder.path("a"), folder.write("b.gz", gzip(bytes))}) {
    const TfRecordFile file(path);
    ASSERT_EQ(file.size(), 3);
    EXPECT_EQ(file.record(2), std::string(1000, 'x'));
    EXPECT_EQ(file.record(0), "abc");
    EXPECT_EQ(file.record(1), "");
  }
  EXPECT_EQ(TfRecordFile("", "empty").size(), 0);
}

std::string fault(std::string bytes) {
  return error_of([&] {
    const TfRecordFile file(bytes, "a.tfrecord");
    for (int64_t i = 0; i < file.size(); ++i) file.record(i);
  });
}

TEST(TfRecord, EveryDamagedBitIsAnError) {
  const std::string bytes = framed_record("first") + kGolden;
  EXPECT_EQ(fault(bytes), "");
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_NE(fault(damaged), "") << "bit " << bit;
  }
  for (size_t length = 1; length < bytes.size(); ++length)
    if (length != framed_record("first").size()) {
      EXPECT_NE(fault(bytes.substr(0, length)), "") << "cut at " << length;
    }
}

TEST(TfRecord, ALyingLengthAllocatesNothing) {
  // 2^60 and 2^64 - 1, with the right checksums.
  const std::string huge = "\x00\x00\x00\x00\x00\x00\x00\x10\xc4\x23\x4e\x8e"s;
  const std::string all = "\xff\xff\xff\xff\xff\xff\xff\xff\xa6\x7b\x11\x3a"s;
  EXPECT_NE(fault(huge + "data and footer").find("record 0 claims 1152921504606846976 bytes, 15"),
            std::string::npos);
  EXPECT_NE(fault(all + "data and footer").find("record 0 claims 18446744073709551615 bytes, 15"),
            std::string::npos);
}

TEST(TfRecord, NamesFileRecordAndByte) {
  const std::string bytes =
      framed_record("first") + kGolden.substr(0, 12) + "A" + kGolden.substr(13);
  EXPECT_EQ(fault(bytes),
            "a.tfrecord: byte 33: record 1 has a wrong checksum; fetch the file again");
  EXPECT_NE(fault("no record at all").find("a.tfrecord: byte 0: record 0: the length has a wrong"),
            std::string::npos);
  EXPECT_NE(fault(framed_record("first") + kGolden.substr(0, 17))
                .find("byte 21: record 1 claims 3 bytes, 5 are left"),
            std::string::npos);
  expect_error([] { TfRecordFile("/nonexistent/x"); }, {"/nonexistent/x", "cannot be read"});
}

}  // namespace
}  // namespace tengen::nn
