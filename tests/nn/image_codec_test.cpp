// PNG and JPEG. Oracles: PNG files written with Python's zlib as the specification lays them out,
// JPEG files of one block coded by hand (ITU T.81) with their colours computed from JFIF's formula.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "nn/data/image_folder.h"
#include "nn/data/resize.h"
#include "nn/io/atomic_file.h"
#include "nn/io/image_file.h"
#include "tests/nn/hex.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

const std::string kGrey16 = from_hex(
    "89504e470d0a1a0a0000000d494844520000000200000001100000000081d9fc150000000d4944415478da631032"
    "f9ff1f0003e60245f11c84650000000049454e44ae426082");
const std::string kRgb = from_hex(
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a73000000144944415478da63f8cf"
    "c0c000c20cff8dd36602001bf2043059dd2bb30000000049454e44ae426082");
const std::string kRgba = from_hex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63304e"
    "9b790600040101ffc4e46be40000000049454e44ae426082");
const std::string kPalette = from_hex(
    "89504e470d0a1a0a0000000d4948445200000004000000010103000000c3f29d8e00000006504c5445ff00000033"
    "ff98ca98be0000000a4944415478da63080000005200515aa9a33a0000000049454e44ae426082");
// 2x2, interlaced: 51, then 102 beside it, then 153 and 204.
const std::string kInterlaced = from_hex(
    "89504e470d0a1a0a0000000d494844520000000200000002080000000120da626e0000000f4944415478da633066"
    "48639879060004cf01ff04c2bafa0000000049454e44ae426082");
const std::string kQuantisation = from_hex(
    "ffdb0043000808080808080808080808080808080808080808080808080808080808080808080808080808080808"
    "0808080808080808080808080808080808080808080808");
const std::string kJfif = from_hex("ffd8ffe000104a46494600010100000100010000");
// 3x2 grey of 128 + 72.
const std::string kGreyJpeg =
    kJfif + kQuantisation +
    from_hex(
        "ffc0000b080002000301011100ffc40014000100000000000000000000000000000007ffc400141001"
        "00000000000000000000000000000000ffda0008010100003f00487fffd9");
// 2x2 of Y = 64, Cb = 88, Cr = 168.
const std::string kColourJpeg =
    kJfif + kQuantisation +
    from_hex(
        "ffc00011080002000203011100021100031100ffc4001500000200000000000000000000000000000706"
        "ffc4001410010000000000000000000000000000000"
        "0ffda000c03010002000300003f001f95cd0fffd9");

std::vector<float> parts_of_255(std::vector<float> bytes) {
  for (float& value : bytes) value /= 255.0f;
  return bytes;
}

TEST(Png, ReadsEveryKindOfPixel) {
  const Tensor grey = parse_image(kGrey16, "");
  EXPECT_EQ(grey.shape(), (Shape{1, 2, 1}));
  EXPECT_EQ(grey.to_vector(), (std::vector<float>{0x1234 / 65535.0f, 1}));
  const Tensor rgb = parse_image(kRgb, "");
  EXPECT_EQ(rgb.shape(), (Shape{2, 2, 3}));
  EXPECT_EQ(rgb.to_vector(), parts_of_255({255, 0, 0, 0, 255, 0, 0, 0, 255, 51, 102, 153}));
  EXPECT_EQ(parse_image(kRgba, "").to_vector(), parts_of_255({51, 102, 153, 204}));
  EXPECT_EQ(parse_image(kInterlaced, "").to_vector(), parts_of_255({51, 102, 153, 204}));
  // One bit a pixel, 0101, into a palette of two colours.
  EXPECT_EQ(parse_image(kPalette, "").to_vector(),
            parts_of_255({255, 0, 0, 0, 51, 255, 255, 0, 0, 0, 51, 255}));
}

TEST(Png, WritesWhatItReads) {
  const ScratchFolder folder;
  for (const int64_t channels : {1, 2, 3, 4}) {
    std::vector<float> values;
    for (int64_t i = 0; i < 5 * 7 * channels; ++i) values.push_back(static_cast<float>(i % 256));
    const Tensor image({5, 7, channels}, parts_of_255(values));
    write_png(folder.path("x.png"), image);
    const Tensor read = read_image(folder.path("x.png"));
    EXPECT_EQ(read.shape(), image.shape());
    EXPECT_EQ(read.to_vector(), image.to_vector());
  }
  const Tensor odd({1, 3, 1}, std::vector<float>{-1, 2, NAN});
  EXPECT_EQ(parse_image(png_bytes(odd), "").to_vector(), (std::vector<float>{0, 1, 0}));
}

TEST(Jpeg, ReadsGreyAndColour) {
  const Tensor grey = parse_image(kGreyJpeg, "");
  EXPECT_EQ(grey.shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(grey.to_vector(), parts_of_255(std::vector<float>(6, 200)));
  const Tensor colour = parse_image(kColourJpeg, "");
  ASSERT_EQ(colour.shape(), (Shape{2, 2, 3}));
  // R = 64 + 1.402 * 40, G = 64 + 0.344 * 40 - 0.714 * 40, B = 64 - 1.772 * 40 < 0.
  for (int pixel = 0; pixel < 4; ++pixel) {
    EXPECT_NEAR(colour.values()[3 * pixel] * 255, 120, 1);
    EXPECT_NEAR(colour.values()[3 * pixel + 1] * 255, 49, 1);
    EXPECT_NEAR(colour.values()[3 * pixel + 2] * 255, 0, 1);
  }
}

std::string fault(const std::string& bytes) {
  return error_of([&] { parse_image(bytes, "a.png"); });
}

TEST(Image, DamageIsAnErrorThatNamesTheFile) {
  EXPECT_NE(fault("GIF89a").find("a.png: byte 0: neither PNG nor JPEG"), std::string::npos);
  for (const std::string& whole : {kRgb, kPalette, kInterlaced, kGreyJpeg, kColourJpeg})
    for (size_t length = 0; length < whole.size() - 2; ++length)
      EXPECT_NE(fault(whole.substr(0, length)), "") << length;
  std::string pixels = kRgb;
  pixels.at(50) = static_cast<char>(pixels.at(50) ^ 1);
  EXPECT_NE(fault(pixels).find("a.png: not a whole PNG file"), std::string::npos);
}

TEST(Image, ALyingSizeAllocatesNothing) {
  const std::string png = from_hex(  // 900,000 x 900,000, with a right checksum
      "89504e470d0a1a0a0000000d49484452000dbba0000dbba00800000000f5d6ce530000000c4944415478da6360a0"
      "3d000000640001b899ef990000000049454e44ae426082");
  EXPECT_NE(fault(png).find("claims 900000 rows of 900000 pixels"), std::string::npos);
  // 65,500 x 65,500 in some 200 bytes; JPEG has no checksum that would notice.
  std::string jpeg = kGreyJpeg;
  const size_t frame = jpeg.find("\xff\xc0");
  jpeg.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  EXPECT_NE(fault(jpeg).find("claims 65500 rows of 65500 pixels"), std::string::npos);
}

TEST(Resize, IsLinearBetweenPixelCentres) {
  const Tensor ramp({1, 4, 1}, std::vector<float>{0, 1, 2, 3});
  EXPECT_EQ(resized(ramp, 1, 2).to_vector(), (std::vector<float>{0.5f, 2.5f}));
  EXPECT_EQ(resized(ramp, 1, 8).to_vector(),
            (std::vector<float>{0, 0.25f, 0.75f, 1.25f, 1.75f, 2.25f, 2.75f, 3}));
  const Tensor colours({2, 1, 2}, std::vector<float>{0, 10, 1, 20});
  EXPECT_EQ(resized(colours, 4, 1).to_vector(),
            (std::vector<float>{0, 10, 0.25f, 12.5f, 0.75f, 17.5f, 1, 20}));
  EXPECT_EQ(resized(ramp, 1, 4).to_vector(), ramp.to_vector());
}

TEST(Resize, TurnsColourIntoGreyAndBack) {
  const Tensor rgba({1, 1, 4}, std::vector<float>{1, 0.5f, 0.25f, 0});
  EXPECT_FLOAT_EQ(with_channels(rgba, 1).item(), 0.299f + 0.2935f + 0.0285f);
  EXPECT_EQ(with_channels(rgba, 3).to_vector(), (std::vector<float>{1, 0.5f, 0.25f}));
  const Tensor grey({1, 1, 1}, std::vector<float>{0.5f});
  EXPECT_EQ(with_channels(grey, 3).to_vector(), (std::vector<float>{0.5f, 0.5f, 0.5f}));
}

TEST(ImageFolder, HasAClassForEverySubFolder) {
  const ScratchFolder folder;
  folder.write("dog/b.png", kRgb);
  folder.write("dog/a.JPG", kColourJpeg);
  folder.write("cat/x.jpeg", kGreyJpeg);
  folder.write("cat/.hidden", "");
  folder.write("notes.txt", "outside of the classes");
  const ImageFolder read = image_folder(folder.path());
  EXPECT_EQ(read.classes, (std::vector<std::string>{"cat", "dog"}));
  ASSERT_EQ(read.images->size(), 3);
  EXPECT_EQ(read.images->get(0)[0].shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(read.images->get(0)[1].item(), 0);
  EXPECT_EQ(read.images->get(2)[0].to_vector(), parse_image(kRgb, "").to_vector());
  EXPECT_EQ(read.images->get(2)[1].item(), 1);
  const ImageFolder alike = image_folder(folder.path(), {.height = 4, .width = 5, .channels = 3});
  for (int64_t i = 0; i < 3; ++i) EXPECT_EQ(alike.images->get(i)[0].shape(), (Shape{4, 5, 3}));
}

TEST(ImageFolder, SaysWhatDoesNotBelong) {
  const ScratchFolder folder;
  expect_error([&] { image_folder(folder.path()); }, {folder.path(), "no images in sub-folders"});
  expect_error([&] { image_folder(folder.path("none")); }, {folder.path("none"), "cannot be read"});
  const std::string stray = folder.write("cat/list.txt", "");
  expect_error([&] { image_folder(folder.path()); }, {stray, "neither .png"});
  std::filesystem::remove(stray);
  const std::string broken = folder.write("cat/broken.png", kRgb.substr(0, 40));
  const ImageFolder read = image_folder(folder.path());
  expect_error([&] { read.images->get(0); }, {broken, "ends too early"});
}

}  // namespace
}  // namespace tengen::nn
