// Chains of convolutions for any processor.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nn/cpu/chain_kernels.h"

namespace tengen::nn {
namespace {

constexpr int64_t kLanes = 4;
constexpr int kMostRows = 6;
constexpr int kMaxRows[4] = {0, 6, 6, 4};  // by the vectors of a panel

#include "nn/cpu/chain_kernels.inc"

}  // namespace

extern const ChainKernels kPlainFloat32Chain;
const ChainKernels kPlainFloat32Chain = chain_table<Float32>("float32 winograd", "plain");

}  // namespace tengen::nn
