// The kinds of number that files hold, and how they become floats.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tengen::nn {

enum class ElementType {
  kBool,
  kI8,
  kU8,
  kI16,
  kU16,
  kI32,
  kU32,
  kI64,
  kU64,
  kF16,
  kBF16,
  kF32,
  kF64
};

size_t element_bytes(ElementType type);

// Little-endian numbers to floats, rounded to the nearest: whole numbers beyond 2^24 and doubles
// lose their last digits. `bytes` must hold values.size() elements exactly.
void decode_floats(ElementType type, std::string_view bytes, std::span<float> values);

}  // namespace tengen::nn
