// The kernels for AVX-512: 32 registers of sixteen floats.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nn/cpu/kernels.h"

#ifdef __AVX512F__
#include <immintrin.h>

namespace tengen::nn {
namespace {

constexpr int64_t kLanes = 16;
constexpr int kMostRows = 13;
constexpr int kMaxRows[4] = {0, 13, 13, 9};  // by the vectors of a panel

// Each builds on the one before.
#include "nn/cpu/vector.inc"

#include "nn/cpu/numbers.inc"

#include "nn/cpu/dot_blocks.inc"

#include "nn/cpu/gemm_kernels.inc"

#include "nn/cpu/winograd_transforms.inc"

#include "nn/cpu/winograd_tiles.inc"

#include "nn/cpu/winograd_kernels.inc"

#include "nn/cpu/image_kernels.inc"

#include "nn/cpu/elementwise_kernels.inc"

#include "nn/cpu/vector_math.inc"

#include "nn/cpu/unary_kernels.inc"

#include "nn/cpu/row_kernels.inc"

#include "nn/cpu/recurrent_kernels.inc"

#include "nn/cpu/kernel_table.inc"

}  // namespace

extern const Kernels kAvx512Kernels;
const Kernels kAvx512Kernels = kernel_table("avx512");

}  // namespace tengen::nn
#endif
