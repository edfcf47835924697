#include "nn/io/wire_format.h"

#include <bit>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

constexpr uint64_t kLargestField = (uint64_t{1} << 29) - 1;  // of the format

}  // namespace

void WireWriter::append_varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

void WireWriter::append_fixed(uint64_t bits, int bytes) {
  for (int i = 0; i < bytes; ++i) bytes_ += static_cast<char>(bits >> (8 * i));
}

void WireWriter::tag(int field, WireType type) {
  CHECK(field > 0);
  CHECK(static_cast<uint64_t>(field) <= kLargestField);
  append_varint(static_cast<uint64_t>(field) << 3 | static_cast<uint64_t>(type));
}

WireWriter& WireWriter::varint(int field, uint64_t value) {
  tag(field, WireType::kVarint);
  append_varint(value);
  return *this;
}

WireWriter& WireWriter::float32(int field, float value) {
  tag(field, WireType::kFixed32);
  append_fixed(std::bit_cast<uint32_t>(value), 4);
  return *this;
}

WireWriter& WireWriter::float64(int field, double value) {
  tag(field, WireType::kFixed64);
  append_fixed(std::bit_cast<uint64_t>(value), 8);
  return *this;
}

WireWriter& WireWriter::bytes(int field, std::string_view value) {
  tag(field, WireType::kBytes);
  append_varint(value.size());
  bytes_ += value;
  return *this;
}

WireWriter& WireWriter::packed_floats(int field, std::span<const float> values) {
  if (values.empty()) return *this;
  tag(field, WireType::kBytes);
  append_varint(4 * values.size());
  for (const float value : values) append_fixed(std::bit_cast<uint32_t>(value), 4);
  return *this;
}

WireWriter& WireWriter::packed_doubles(int field, std::span<const double> values) {
  if (values.empty()) return *this;
  tag(field, WireType::kBytes);
  append_varint(8 * values.size());
  for (const double value : values) append_fixed(std::bit_cast<uint64_t>(value), 8);
  return *this;
}

WireWriter& WireWriter::packed_varints(int field, std::span<const int64_t> values) {
  if (values.empty()) return *this;
  WireWriter list;
  for (const int64_t value : values) list.append_varint(static_cast<uint64_t>(value));
  return bytes(field, list.bytes_);
}

float WireField::as_float() const { return std::bit_cast<float>(static_cast<uint32_t>(value)); }
double WireField::as_double() const { return std::bit_cast<double>(value); }

WireReader::WireReader(std::string_view message, std::string name, size_t offset)
    : message_(message), name_(std::move(name)), offset_(offset) {}

void WireReader::fail(size_t at, const std::string& what) const {
  throw Error(name_ + ": byte " + std::to_string(offset_ + at) + ": " + what +
              "; the message is damaged or of another kind");
}

uint64_t WireReader::read_varint() {
  const size_t begin = at_;
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at_ == message_.size()) fail(begin, "a number is cut off");
    const uint64_t byte = static_cast<uint8_t>(message_[at_++]);
    if (shift == 63 && byte > 1) break;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  fail(begin, "a number of more than 64 bits");
}

uint64_t WireReader::read_fixed(size_t bytes) {
  if (message_.size() - at_ < bytes) fail(at_, "a number is cut off");
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i)
    value |= uint64_t{static_cast<uint8_t>(message_[at_++])} << (8 * i);
  return value;
}

std::optional<WireField> WireReader::next() {
  if (at_ == message_.size()) return std::nullopt;
  const size_t begin = at_;
  const uint64_t tag = read_varint();
  if (tag >> 3 == 0 || tag >> 3 > kLargestField)
    fail(begin, "field number " + std::to_string(tag >> 3));
  WireField field;
  field.number = static_cast<int>(tag >> 3);
  field.offset = offset_ + begin;
  switch (tag & 7) {
    case 0:
      field.type = WireType::kVarint;
      field.value = read_varint();
      return field;
    case 1:
      field.type = WireType::kFixed64;
      field.value = read_fixed(8);
      return field;
    case 2: {
      field.type = WireType::kBytes;
      const uint64_t length = read_varint();
      if (length > message_.size() - at_)
        fail(begin, "field " + std::to_string(field.number) + " claims " + std::to_string(length) +
                        " bytes where " + std::to_string(message_.size() - at_) + " are left");
      field.bytes = message_.substr(at_, length);
      at_ += length;
      return field;
    }
    case 5:
      field.type = WireType::kFixed32;
      field.value = read_fixed(4);
      return field;
    default:
      fail(begin, "wire type " + std::to_string(tag & 7));
  }
}

void WireReader::expect(const WireField& field, WireType type) const {
  if (field.type == type) return;
  throw Error(name_ + ": byte " + std::to_string(field.offset) + ": field " +
              std::to_string(field.number) + " has wire type " +
              std::to_string(static_cast<int>(field.type)) + "; expected " +
              std::to_string(static_cast<int>(type)));
}

WireReader WireReader::inner(const WireField& field) const {
  expect(field, WireType::kBytes);
  return WireReader(field.bytes, name_,
                    offset_ + static_cast<size_t>(field.bytes.data() - message_.data()));
}

void WireReader::append_floats(const WireField& field, std::vector<float>& out) const {
  if (field.type == WireType::kFixed32) {
    out.push_back(field.as_float());
    return;
  }
  WireReader list = inner(field);
  while (list.at_ < list.message_.size())
    out.push_back(std::bit_cast<float>(static_cast<uint32_t>(list.read_fixed(4))));
}

void WireReader::append_varints(const WireField& field, std::vector<int64_t>& out) const {
  if (field.type == WireType::kVarint) {
    out.push_back(static_cast<int64_t>(field.value));
    return;
  }
  WireReader list = inner(field);
  while (list.at_ < list.message_.size()) out.push_back(static_cast<int64_t>(list.read_varint()));
}

}  // namespace tengen::nn
