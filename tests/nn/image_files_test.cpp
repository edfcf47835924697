// IDX and CIFAR, from bytes laid out by hand as the formats' descriptions say.
#include <gtest/gtest.h>

#include "nn/data/cifar.h"
#include "nn/data/idx.h"
#include "nn/io/gzip.h"
#include "tests/nn/data_folder.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

using namespace std::string_literals;

const std::string kImages = "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03"s +  // 2 of 2x3
                            "\x00\x01\x02\x03\x04\x05\xff\xfe\xfd\xfc\xfb\x33"s;
const std::string kLabels = "\0\0\x08\x01\0\0\0\x02\x07\x09"s;

std::string idx_fault(const std::string& bytes) {
  return error_of([&] { parse_idx(bytes, "a.idx"); });
}

TEST(Idx, ReadsEveryNumberType) {
  EXPECT_EQ(parse_idx("\0\0\x08\x01\0\0\0\x02\x07\xff"s, "").to_vector(),
            (std::vector<float>{7, 255}));
  EXPECT_EQ(parse_idx("\0\0\x09\x01\0\0\0\x01\xff"s, "").item(), -1);
  EXPECT_EQ(parse_idx("\0\0\x0b\x01\0\0\0\x01\x80\x01"s, "").item(), -32767);
  EXPECT_EQ(parse_idx("\0\0\x0c\x01\0\0\0\x01\xff\xff\xff\xfe"s, "").item(), -2);
  EXPECT_EQ(parse_idx("\0\0\x0d\x01\0\0\0\x01\x3f\xc0\0\0"s, "").item(), 1.5f);
  EXPECT_EQ(parse_idx("\0\0\x0e\x01\0\0\0\x01\xc0\0\0\0\0\0\0\0"s, "").item(), -2);
  EXPECT_EQ(parse_idx(kImages, "").shape(), (Shape{2, 2, 3}));
}

TEST(Idx, DamageIsAnErrorThatNamesTheByte) {
  EXPECT_EQ(idx_fault(kImages), "");
  for (size_t length = 0; length < kImages.size(); ++length)
    EXPECT_NE(idx_fault(kImages.substr(0, length)).find("a.idx: byte "), std::string::npos);
  EXPECT_NE(idx_fault(kImages + "x").find("12 bytes of data are expected, 13 are there"),
            std::string::npos);
  EXPECT_NE(idx_fault("\x89PNG\r\n"s).find("byte 0: not an IDX file"), std::string::npos);
  EXPECT_NE(idx_fault("\0\0\x0a\x01\0\0\0\0"s).find("byte 2: not an IDX file: number type 10"),
            std::string::npos);
  EXPECT_NE(idx_fault("\0\0\x08\0"s).find("a rank of 0"), std::string::npos);
  EXPECT_NE(idx_fault("\0\0\x08\x09"s + std::string(40, 0)).find("a rank of 9"), std::string::npos);
  // Sizes whose product is 2^96.
  EXPECT_NE(idx_fault("\0\0\x08\x03"s + std::string(12, '\xff') + "123").find("byte 4: truncated"),
            std::string::npos);
}

TEST(Idx, ImagesAndLabelsMakeADataset) {
  const ScratchFolder folder;
  const std::string images = folder.write("i.gz", gzip(kImages));
  const std::string labels = folder.write("l", kLabels);
  const DatasetPtr data = idx_dataset(images, labels);
  ASSERT_EQ(data->size(), 2);
  const Sample second = data->get(1);
  EXPECT_EQ(second[0].shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(second[0].values()[0], 1);
  EXPECT_EQ(second[0].values()[5], 0.2f);
  EXPECT_EQ(second[1].shape(), Shape{});
  EXPECT_EQ(second[1].item(), 9);
}

TEST(Idx, LabelsOutOfRangeOrOfOthersAreErrors) {
  const ScratchFolder folder;
  const std::string images = folder.write("i", kImages), labels = folder.write("l", kLabels);
  expect_error([&] { idx_dataset(images, labels, 9); },
               {labels, "byte 9", "record 1", "label 9", "below 9"});
  const std::string three = folder.write("three", "\0\0\x08\x01\0\0\0\x03\x07\x09\x01"s);
  expect_error([&] { idx_dataset(images, three); }, {three, "[3]", "[2,2,3]"});
  expect_error([&] { idx_dataset(labels, labels); }, {labels, "[N,H,W]"});
  const std::string shorts = folder.write("s", "\0\0\x0b\x01\0\0\0\x02\0\1\0\2"s);
  expect_error([&] { idx_dataset(images, shorts); }, {shorts, "unsigned bytes"});
  expect_error([&] { mnist(folder.path(), MnistPart::kTest); },
               {"t10k-images-idx3-ubyte", "not there"});
}

TEST(Idx, ReadsMnist) {
  DATA_OR_SKIP(folder, "mnist");
  const DatasetPtr test = mnist(folder, MnistPart::kTest);
  ASSERT_EQ(test->size(), 10'000);
  // The counts of the classes as the set's description gives them.
  std::vector<int> counts(10);
  for (int64_t i = 0; i < test->size(); ++i) ++counts[static_cast<size_t>(test->get(i)[1].item())];
  EXPECT_EQ(counts, (std::vector<int>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
  EXPECT_EQ(test->get(0)[0].shape(), (Shape{28, 28, 1}));
  EXPECT_EQ(test->get(0)[1].item(), 7);
}

// Record r: label r, planes of 10, 20 and 30 but for red's pixel 33 (row 1, column 1).
std::string cifar_record(int label) {
  std::string out(1, static_cast<char>(label));
  for (const char colour : {10, 20, 30}) out += std::string(1024, colour);
  out[1 + 33] = 51;
  return out;
}

TEST(Cifar, TurnsPlanesIntoChannels) {
  const ScratchFolder folder;
  const std::string a = folder.write("a.bin", cifar_record(3) + cifar_record(9));
  const std::string b = folder.write("b.bin", cifar_record(0));
  const DatasetPtr data = cifar10({a, b});
  ASSERT_EQ(data->size(), 3);
  const Sample sample = data->get(1);
  EXPECT_EQ(sample[1].item(), 9);
  ASSERT_EQ(sample[0].shape(), (Shape{32, 32, 3}));
  const std::span<const float> pixels = sample[0].values();
  EXPECT_EQ(pixels[0], 10 / 255.0f);
  EXPECT_EQ(pixels[1], 20 / 255.0f);
  EXPECT_EQ(pixels[3 * 33], 0.2f);
  EXPECT_EQ(pixels[3 * 33 + 2], 30 / 255.0f);
  const std::string fine = folder.write("c.bin", std::string(1, 5) + cifar_record(77));
  EXPECT_EQ(cifar100({fine})->get(0)[1].item(), 77);
}

TEST(Cifar, DamageIsAnError) {
  const ScratchFolder folder;
  const std::string cut = folder.write("cut.bin", cifar_record(1).substr(1));
  expect_error([&] { cifar10({cut}); }, {cut, "3072 bytes", "3073-byte records"});
  const std::string wrong = folder.write("wrong.bin", cifar_record(1) + cifar_record(10));
  expect_error([&] { cifar10({wrong}); }, {wrong, "record 1", "byte 3073", "label 10"});
}

}  // namespace
}  // namespace tengen::nn
