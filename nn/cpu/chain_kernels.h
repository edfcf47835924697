// Kernels of a chain of 3x3 and 5x5 convolutions of stride 1, in which a result goes straight into
// the form that the next convolution multiplies.
//
// A convolution multiplies its operand, the form its input has taken (Winograd's transformed tiles,
// or the pixels in another number format), by packed weights; the sums become pixels again a group
// of `lanes` channels at a time, and while that group is in the first-level cache, on a board with
// a border of zeros, it is turned into its part of the next operand. Whatever the numbers and the
// method, a chain is these functions; which are best is chosen by precision and processor.
#pragma once

#include <cstdint>

#include "nn/cpu/winograd_shape.h"

namespace tengen::nn {

// What becomes of one image's sums. First t = sums + bias (+ residual), rectified where `relu`;
// where `factor` is set, then a = t * factor + term, rectified where `then_relu`. The board takes
// the last of the two. Vectors [out] are padded to whole groups; images are
// [out_height,out_width,out].
struct ChainFinish {
  const float* bias = nullptr;
  const float* residual = nullptr;  // image, or null
  bool relu = false;
  float* y = nullptr;  // image: t, or null
  const float* factor = nullptr;
  const float* term = nullptr;
  bool then_relu = false;
  float* then_y = nullptr;           // image: a, or null
  const float* sum_scale = nullptr;  // [elements][out_groups * lanes], where the kernels are scaled
  float* board = nullptr;            // of the next operand, inside its border of zeros, or null
  int64_t board_width = 0, board_border = 0;  // in pixels
};

struct ChainKernels {
  const char* name;          // the numbers and the method
  const char* instructions;  // what they are compiled for, named as TENGEN_CPU would
  int64_t lanes;             // channels of a group
  bool winograd;             // or direct: then a shape's tile is 1
  bool scaled;               // operands are fixed point: each element has its scale
  int64_t (*operand_bytes)(const WinogradShape& shape);  // of its input
  int64_t (*weight_bytes)(const WinogradShape& shape);
  int64_t (*sum_bytes)(const WinogradShape& shape);

  // w [kernel,kernel,in,out] -> weights. Scaled: operand_scale [elements] in, and sum_scale as
  // above out.
  void (*pack)(const WinogradShape& shape, const float* w, const float* operand_scale,
               void* weights, float* sum_scale);
  // One group of channels from the board to its place in the operand; `shape` is that of the
  // convolution that will read it, or any with the same input.
  void (*feed)(const WinogradShape& shape, const float* board, int64_t image, int64_t group,
               const float* operand_scale, void* operand);
  // All images of the shape.
  void (*multiply)(const WinogradShape& shape, const void* operand, const void* weights,
                   void* sums);
  // One group of channels of one image.
  void (*finish)(const WinogradShape& shape, const void* sums, int64_t image, int64_t group,
                 const ChainFinish& finish);
};

// Largest magnitude in the operand of float32 kernels, element by element: ranges[e] grows to it.
void widen_ranges(const WinogradShape& shape, const float* operand, float* ranges);
// The scale at which an element of that range takes half of what 16 bits hold.
float operand_scale(float range);

// The fastest of each precision; null: none better than float32. (Winograd with vdpbf16ps was as
// fast as with vpdpwssd and eight times less exact, so bfloat16 is for AMX.)
struct Chains {
  const ChainKernels* float32 = nullptr;
  const ChainKernels* int16 = nullptr;
  const ChainKernels* bfloat16 = nullptr;
};

}  // namespace tengen::nn
