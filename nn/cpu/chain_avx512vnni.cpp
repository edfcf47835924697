// Chains of convolutions in int16 for AVX-512 with VNNI: vpdpwssd.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nn/cpu/chain_kernels.h"

#ifdef __AVX512VNNI__
#include <immintrin.h>

namespace tengen::nn {
namespace {

constexpr int64_t kLanes = 16;
constexpr int kMostRows = 13;
constexpr int kMaxRows[4] = {0, 13, 13, 9};  // by the vectors of a panel

#include "nn/cpu/chain_kernels.inc"

}  // namespace

extern const ChainKernels kAvx512VnniInt16Chain;
const ChainKernels kAvx512VnniInt16Chain = chain_table<Int16>("int16 winograd", "avx512vnni");

}  // namespace tengen::nn
#endif
