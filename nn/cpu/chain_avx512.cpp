// Chains of convolutions for AVX-512: int16 by multiplying pairs and adding.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nn/cpu/chain_kernels.h"

#ifdef __AVX512BW__
#include <immintrin.h>

namespace tengen::nn {
namespace {

constexpr int64_t kLanes = 16;
constexpr int kMostRows = 13;
constexpr int kMaxRows[4] = {0, 13, 13, 9};  // by the vectors of a panel

#include "nn/cpu/chain_kernels.inc"

}  // namespace

extern const ChainKernels kAvx512Float32Chain;
const ChainKernels kAvx512Float32Chain = chain_table<Float32>("float32 winograd", "avx512");
extern const ChainKernels kAvx512Int16Chain;
const ChainKernels kAvx512Int16Chain = chain_table<Int16>("int16 winograd", "avx512");

}  // namespace tengen::nn
#endif
