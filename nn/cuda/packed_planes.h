// Planes of an image on their way to the device: where each plane holds only 0 and one other
// number, as the planes of board games do, a point is one bit and that number goes along once a
// plane. What arrives is what left, to the bit.
//
// A packed row is planes * (points / 32, rounded up) words of points, 32 to a word from the lowest
// bit on and the words of neighbouring planes beside each other, then the planes' numbers.
#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstdint>

namespace tengen::nn {

struct PlanesShape {
  int64_t points = 0, planes = 0;  // a row is [points, planes] floats

  int64_t words_of_bits() const { return (points + 31) / 32 * planes; }
  int64_t words() const { return words_of_bits() + planes; }  // of a packed row
};

// Packs one row into words() words, on the calling thread. False where a plane holds a third
// number; the words are worthless then.
bool pack_planes(const PlanesShape& shape, const float* x, uint32_t* packed);

// Packed rows on the device -> y [rows, points, stride], zero beyond the planes.
void expand_planes(const PlanesShape& shape, int64_t rows, const uint32_t* packed, float* y,
                   int64_t stride, cudaStream_t stream);
void expand_planes(const PlanesShape& shape, int64_t rows, const uint32_t* packed, __half* y,
                   int64_t stride, cudaStream_t stream);

}  // namespace tengen::nn
