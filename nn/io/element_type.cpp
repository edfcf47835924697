#include "nn/io/element_type.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "nn/base/check.h"

static_assert(std::endian::native == std::endian::little, "files hold little-endian numbers");

namespace tengen::nn {
namespace {

float float_from_half(uint16_t bits) {
  const uint32_t sign = uint32_t{bits & 0x8000u} << 16;
  const uint32_t exponent = (bits >> 10) & 31, fraction = bits & 0x3ffu;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
  if (exponent == 0) {  // zero and subnormal: fraction * 2^-24
    const float size = static_cast<float>(fraction) * 0x1.0p-24f;
    return sign ? -size : size;
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

float float_from_bfloat(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

// Elements need not be aligned in a file.
template <class Stored, class Convert>
void decode(std::string_view bytes, std::span<float> values, Convert convert) {
  for (size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof stored, sizeof stored);
    values[i] = convert(stored);
  }
}

template <class Number>
void decode_numbers(std::string_view bytes, std::span<float> values) {
  decode<Number>(bytes, values, [](Number number) { return static_cast<float>(number); });
}

}  // namespace

size_t element_bytes(ElementType type) {
  switch (type) {
    case ElementType::kBool:
    case ElementType::kI8:
    case ElementType::kU8:
      return 1;
    case ElementType::kI16:
    case ElementType::kU16:
    case ElementType::kF16:
    case ElementType::kBF16:
      return 2;
    case ElementType::kI32:
    case ElementType::kU32:
    case ElementType::kF32:
      return 4;
    case ElementType::kI64:
    case ElementType::kU64:
    case ElementType::kF64:
      return 8;
  }
  throw CheckFailure("element_bytes: no such type");
}

void decode_floats(ElementType type, std::string_view bytes, std::span<float> values) {
  CHECK(bytes.size() == values.size() * element_bytes(type));
  switch (type) {
    case ElementType::kBool:
      return decode<uint8_t>(bytes, values, [](uint8_t b) { return b ? float{1} : float{0}; });
    case ElementType::kI8:
      return decode_numbers<int8_t>(bytes, values);
    case ElementType::kU8:
      return decode_numbers<uint8_t>(bytes, values);
    case ElementType::kI16:
      return decode_numbers<int16_t>(bytes, values);
    case ElementType::kU16:
      return decode_numbers<uint16_t>(bytes, values);
    case ElementType::kI32:
      return decode_numbers<int32_t>(bytes, values);
    case ElementType::kU32:
      return decode_numbers<uint32_t>(bytes, values);
    case ElementType::kI64:
      return decode_numbers<int64_t>(bytes, values);
    case ElementType::kU64:
      return decode_numbers<uint64_t>(bytes, values);
    case ElementType::kF16:
      return decode<uint16_t>(bytes, values, float_from_half);
    case ElementType::kBF16:
      return decode<uint16_t>(bytes, values, float_from_bfloat);
    case ElementType::kF32:
      if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
      return;
    case ElementType::kF64:
      return decode_numbers<double>(bytes, values);
  }
}

}  // namespace tengen::nn
