// tf.Example and RecordIO. Oracles: a message encoded by protoc, records laid out by hand.
#include <gtest/gtest.h>

#include "nn/data/record_io.h"
#include "nn/data/tf_example.h"
#include "nn/io/image_file.h"
#include "nn/io/tfrecord.h"
#include "tests/nn/hex.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

using namespace std::string_literals;

// features { image: bytes "ab", "\0"; label: ints 7, -1; weight: floats 0.5, -2 }
const std::string kExample = from_hex(
    "0a460a120a05696d61676512090a070a0261620a01000a180a056c6162656c120f1a0d0a0b07ffffffffffffffffff"
    "010a160a06776569676874120c120a0a080000003f000000c0");

TEST(TfExample, ReadsAndWritesWhatProtocWrote) {
  const TfExample example = parse_tf_example(kExample, "e");
  EXPECT_EQ(example.features.size(), 3u);
  EXPECT_EQ(example.at("image").bytes, (std::vector<std::string>{"ab", "\0"s}));
  EXPECT_EQ(example.at("label").ints, (std::vector<int64_t>{7, -1}));
  EXPECT_EQ(example.at("weight").floats, (std::vector<float>{0.5f, -2}));
  EXPECT_EQ(tf_example_bytes(example), kExample);
  expect_error([&] { example.at("width"); }, {"no feature \"width\"", "image, label, weight"});
}

TEST(TfExample, ADatasetNamesFileAndRecord) {
  const ScratchFolder folder;
  TfExample other;
  other.features["label"].ints = {3};
  const std::string a = folder.write("a.tfrecord", framed_record(kExample));
  const std::string b = folder.write(
      "b.tfrecord", framed_record(tf_example_bytes(other)) + framed_record(kExample.substr(0, 30)));
  const DatasetPtr data = tf_record_dataset({a, b}, [](const TfExample& example) {
    return Sample{scalar_tensor(static_cast<float>(example.at("label").ints.at(0))),
                  scalar_tensor(example.features.size() == 3 ? example.at("weight").floats[0] : 0)};
  });
  ASSERT_EQ(data->size(), 3);
  EXPECT_EQ(data->get(0)[0].item(), 7);
  EXPECT_EQ(data->get(1)[0].item(), 3);
  expect_error([&] { data->get(2); }, {b + ": record 1: byte ", "claims 70 bytes"});
  const DatasetPtr wrong = tf_record_dataset({b}, [](const TfExample& example) {
    return Sample{scalar_tensor(example.at("x").floats[0])};
  });
  expect_error([&] { wrong->get(0); }, {b + ": record 0: no feature \"x\""});
}

const std::string kMagic = "\x0a\x23\xd7\xce"s;

std::string part(uint32_t kind, const std::string& data) {
  const uint32_t word = kind << 29 | static_cast<uint32_t>(data.size());
  std::string out = kMagic;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(word >> (8 * i));
  return out + data + std::string((4 - data.size() % 4) % 4, '\0');
}

std::string record_fault(const std::string& bytes) {
  return error_of([&] {
    const RecordIoFile file(bytes, "a.rec");
    for (int64_t i = 0; i < file.size(); ++i) file.record(i);
  });
}

TEST(RecordIo, JoinsTheParts) {
  // The middle record was "1234" + magic + "" + magic + "56", cut at the magic numbers.
  const RecordIoFile file(
      part(0, "abc") + part(1, "1234") + part(2, "") + part(3, "56") + part(0, ""), "a.rec");
  ASSERT_EQ(file.size(), 3);
  EXPECT_EQ(file.record(1), "1234" + kMagic + kMagic + "56");
  EXPECT_EQ(file.record(0), "abc");
  EXPECT_EQ(file.record(2), "");
}

TEST(RecordIo, DamageIsAnErrorThatNamesFileRecordAndByte) {
  EXPECT_EQ(record_fault(part(0, "abc") + "abcdefgh"),
            "a.rec: byte 12: record 1 does not begin with RecordIO's magic number; the file is "
            "damaged or of another format");
  EXPECT_NE(record_fault(part(0, "abc") + part(0, "abcd").substr(0, 10))
                .find("byte 12: record 1 claims 4 bytes, 2 are left"),
            std::string::npos);
  EXPECT_NE(record_fault(kMagic).find("record 0 needs 8 bytes, 4 are left"), std::string::npos);
  EXPECT_NE(record_fault(part(3, "abc")).find("kind 3 out of turn"), std::string::npos);
  EXPECT_NE(record_fault(part(1, "abc") + part(0, "d")).find("byte 12: record 0: a part of kind 0"),
            std::string::npos);
  EXPECT_NE(record_fault(part(1, "abc")).find("record 0 has no last part"), std::string::npos);
  EXPECT_NE(record_fault(part(5, "abc")).find("kind 5"), std::string::npos);
}

// u32 count, f32 label, u64 id, u64 id2.
std::string image_record(const std::string& count_and_label, const std::string& rest) {
  return from_hex(count_and_label + "09000000000000000000000000000000") + rest;
}

TEST(RecordIo, ReadsImagesAndTheirLabels) {
  const std::string png = png_bytes(Tensor({1, 2, 1}, std::vector<float>{0, 1}));
  const ScratchFolder folder;
  const std::string path =
      folder.write("a.rec", part(0, image_record("0000000000004040",
                                                 png)) +  // label 3
                                part(0, image_record("0000000000002041",
                                                     png)) +              // label 10
                                part(0, image_record("0200000000000000",  // labels 1, 2
                                                     from_hex("0000803f00000040") + png)));
  const DatasetPtr data = record_io_images(path, 10);
  ASSERT_EQ(data->size(), 3);
  EXPECT_EQ(data->get(0)[0].to_vector(), (std::vector<float>{0, 1}));
  EXPECT_EQ(data->get(0)[1].item(), 3);
  EXPECT_EQ(data->get(2)[1].item(), 1);
  expect_error([&] { data->get(1); }, {path + ": record 1: label 10", "below 10"});
  const std::string many = image_record("ffffff7f00000000", "1234");
  expect_error([&] { parse_image_record(many, "r"); }, {"claims 2147483647 labels in 28 bytes"});
  const std::string pair = image_record("0200000000000000", "12345678x");
  const ImageRecord two = parse_image_record(pair, "r");
  EXPECT_EQ(two.labels.size(), 2u);
  EXPECT_EQ(two.id, 9u);
  EXPECT_EQ(two.image, "x");
}

}  // namespace
}  // namespace tengen::nn
