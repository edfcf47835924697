// Protocol buffers' wire format, both ways, without protoc: what TFRecord examples, TensorBoard
// events and ONNX models are written in (protobuf.dev, "Encoding"). A message is a row of fields,
// each a number, a type and a value; what the numbers mean stands with the caller.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tengen::nn {

enum class WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// Builds one message. A message inside another is written first and added with `bytes`.
class WireWriter {
 public:
  // int32, int64, uint32, uint64, bool, enum. Negative numbers: their two's complement.
  WireWriter& varint(int field, uint64_t value);
  WireWriter& float32(int field, float value);
  WireWriter& float64(int field, double value);
  // A string, bytes, or the bytes() of an inner message.
  WireWriter& bytes(int field, std::string_view value);
  WireWriter& message(int field, const WireWriter& inner) { return bytes(field, inner.bytes_); }
  // Repeated numbers in one field, as proto3 writes them. An empty list writes nothing.
  WireWriter& packed_floats(int field, std::span<const float> values);
  WireWriter& packed_doubles(int field, std::span<const double> values);
  WireWriter& packed_varints(int field, std::span<const int64_t> values);

  const std::string& bytes() const { return bytes_; }

 private:
  void tag(int field, WireType type);
  void append_varint(uint64_t value);
  void append_fixed(uint64_t bits, int bytes);  // little-endian

  std::string bytes_;
};

struct WireField {
  int number = 0;
  WireType type = WireType::kVarint;
  uint64_t value = 0;      // of a varint or the bits of a fixed number
  std::string_view bytes;  // of kBytes: points into the message that is read
  size_t offset = 0;       // where the field begins, counted as the reader's `offset` is

  float as_float() const;    // of kFixed32
  double as_double() const;  // of kFixed64
};

// Reads the fields of one message in order. Every fault is an Error that names `name` and the
// byte: a field that is cut off, a number that does not end, a type that there is not.
class WireReader {
 public:
  // `offset` is the message's place in its file, for errors only. `message` must outlive the
  // reader and the fields.
  WireReader(std::string_view message, std::string name, size_t offset = 0);

  std::optional<WireField> next();  // nothing at the end

  // The reader of a field that holds a message; Error if it is of another type.
  WireReader inner(const WireField& field) const;
  // Numbers of a repeated field, packed or a single one, appended to `out`.
  void append_floats(const WireField& field, std::vector<float>& out) const;
  void append_varints(const WireField& field, std::vector<int64_t>& out) const;
  // Error: "NAME: byte 12: field 3 has wire type 0; expected 2".
  void expect(const WireField& field, WireType type) const;

 private:
  [[noreturn]] void fail(size_t at, const std::string& what) const;
  uint64_t read_varint();
  uint64_t read_fixed(size_t bytes);

  std::string_view message_;
  std::string name_;
  size_t offset_;
  size_t at_ = 0;
};

}  // namespace tengen::nn
