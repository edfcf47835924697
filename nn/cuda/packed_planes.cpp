#include "nn/cuda/packed_planes.h"

#include <algorithm>
#include <cstring>

namespace tengen::nn {
namespace {

// A float's bits, so that -0 and NaN are numbers like others.
uint32_t bits_of(const float* x) {
  uint32_t bits;
  std::memcpy(&bits, x, sizeof(bits));
  return bits;
}

}  // namespace

// Loops run along the planes of a point, which lie side by side, so that they become vectors.
bool pack_planes(const PlanesShape& shape, const float* x, uint32_t* packed) {
  const int64_t planes = shape.planes;
  uint32_t* const numbers = packed + shape.words_of_bits();
  std::fill_n(packed, shape.words(), 0u);
  for (int64_t p = 0; p < shape.points; ++p)
    for (int64_t c = 0; c < planes; ++c) {
      const uint32_t bits = bits_of(x + p * planes + c);
      numbers[c] = bits != 0 ? bits : numbers[c];
    }
  uint32_t third = 0;
  for (int64_t p = 0; p < shape.points; ++p) {
    uint32_t* const words = packed + p / 32 * planes;
    const uint32_t bit = 1u << (p % 32);
    for (int64_t c = 0; c < planes; ++c) {
      const uint32_t bits = bits_of(x + p * planes + c);
      words[c] |= bits != 0 ? bit : 0u;
      third |= bits != 0 ? bits ^ numbers[c] : 0u;
    }
  }
  return third == 0;
}

}  // namespace tengen::nn
