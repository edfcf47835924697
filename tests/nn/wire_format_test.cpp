// Oracles: the byte sequences of Protocol Buffers' "Encoding" page.
#include "nn/io/wire_format.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

using namespace std::string_literals;

TEST(WireFormat, WritesTheBytesOfTheEncodingPage) {
  EXPECT_EQ(WireWriter().varint(1, 150).bytes(), "\x08\x96\x01"s);
  EXPECT_EQ(WireWriter().bytes(2, "testing").bytes(), "\x12\x07testing"s);
  EXPECT_EQ(WireWriter().message(3, WireWriter().varint(1, 150)).bytes(), "\x1a\x03\x08\x96\x01"s);
  EXPECT_EQ(WireWriter().packed_varints(6, std::vector<int64_t>{3, 270, 86942}).bytes(),
            "\x32\x06\x03\x8e\x02\x9e\xa7\x05"s);
  EXPECT_EQ(WireWriter().varint(1, static_cast<uint64_t>(-2)).bytes(),
            "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"s);
  EXPECT_EQ(WireWriter().float32(5, 1.5f).bytes(), "\x2d\x00\x00\xc0\x3f"s);
  EXPECT_EQ(WireWriter().float64(1, -2.0).bytes(), "\x09\x00\x00\x00\x00\x00\x00\x00\xc0"s);
  EXPECT_EQ(WireWriter().varint(16, 0).bytes(), "\x80\x01\x00"s);  // a tag of two bytes
  EXPECT_EQ(WireWriter().packed_floats(1, {}).bytes(), "");
}

TEST(WireFormat, ReadsWhatItWrites) {
  WireWriter message;
  message.varint(1, std::numeric_limits<uint64_t>::max())
      .float32(2, 0.1f)
      .float64(3, 0.1)
      .bytes(4, "a\0b"s)
      .packed_floats(5, std::vector<float>{1, -2})
      .packed_doubles(7, std::vector<double>{3})
      .varint(6, static_cast<uint64_t>(-7));
  WireReader reader(message.bytes(), "m");
  EXPECT_EQ(reader.next()->value, std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(reader.next()->as_float(), 0.1f);
  EXPECT_EQ(reader.next()->as_double(), 0.1);
  EXPECT_EQ(reader.next()->bytes, "a\0b"s);
  std::vector<float> floats;
  reader.append_floats(*reader.next(), floats);
  EXPECT_EQ(floats, (std::vector<float>{1, -2}));
  EXPECT_EQ(reader.next()->bytes.size(), 8u);
  std::vector<int64_t> numbers;
  reader.append_varints(*reader.next(), numbers);
  EXPECT_EQ(numbers, std::vector<int64_t>{-7});
  EXPECT_FALSE(reader.next());
}

std::string fault(const std::string& bytes) {
  return error_of([&] {
    WireReader reader(bytes, "model.onnx", 100);
    while (reader.next()) {
    }
  });
}

TEST(WireFormat, NamesTheByteOfAFault) {
  EXPECT_EQ(fault("\x08\x96\x01\x12\x09test"s),
            "model.onnx: byte 103: field 2 claims 9 bytes where 4 are left; the message is damaged "
            "or of another kind");
  EXPECT_NE(fault("\x08"s).find("byte 101: a number is cut off"), std::string::npos);
  EXPECT_NE(fault("\x08\x80"s).find("cut off"), std::string::npos);
  EXPECT_NE(fault("\x2d\x01\x02\x03"s).find("cut off"), std::string::npos);
  EXPECT_NE(fault("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s).find("64 bits"),
            std::string::npos);
  EXPECT_NE(fault("\x0b"s).find("wire type 3"), std::string::npos);
  EXPECT_NE(fault(std::string(1, '\0')).find("field number 0"), std::string::npos);
  // A length of 2^60.
  EXPECT_NE(fault("\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x10"s).find("claims 1152921504606846976"),
            std::string::npos);
}

TEST(WireFormat, RefusesAFieldOfAnotherType) {
  const std::string bytes = WireWriter().varint(3, 1).bytes();
  WireReader reader(bytes, "m");
  const WireField field = *reader.next();
  expect_error([&] { reader.inner(field); }, {"m: byte 0: field 3 has wire type 0; expected 2"});
}

}  // namespace
}  // namespace tengen::nn
