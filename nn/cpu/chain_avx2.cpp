// Chains of convolutions for AVX2: int16 by multiplying pairs and adding.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nn/cpu/chain_kernels.h"

#ifdef __AVX2__
#include <immintrin.h>

namespace tengen::nn {
namespace {

constexpr int64_t kLanes = 8;
constexpr int kMostRows = 6;
constexpr int kMaxRows[4] = {0, 6, 6, 4};  // by the vectors of a panel

#include "nn/cpu/chain_kernels.inc"

}  // namespace

extern const ChainKernels kAvx2Float32Chain;
const ChainKernels kAvx2Float32Chain = chain_table<Float32>("float32 winograd", "avx2");
extern const ChainKernels kAvx2Int16Chain;
const ChainKernels kAvx2Int16Chain = chain_table<Int16>("int16 winograd", "avx2");

}  // namespace tengen::nn
#endif
