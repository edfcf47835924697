// Chains of convolutions in int16 for AVX-VNNI: vpdpwssd on 16 registers.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nn/cpu/chain_kernels.h"

#ifdef __AVXVNNI__
#include <immintrin.h>

namespace tengen::nn {
namespace {

constexpr int64_t kLanes = 8;
constexpr int kMostRows = 6;
constexpr int kMaxRows[4] = {0, 6, 6, 4};  // by the vectors of a panel

#include "nn/cpu/chain_kernels.inc"

}  // namespace

extern const ChainKernels kAvxVnniInt16Chain;
const ChainKernels kAvxVnniInt16Chain = chain_table<Int16>("int16 winograd", "avxvnni");

}  // namespace tengen::nn
#endif
