// Links convolutions that read one another's results into chains (nn/cpu/chain_kernels.h).
#pragma once

#include "nn/cpu/kernels.h"
#include "nn/infer/operation.h"
#include "nn/infer/plan_precision.h"

namespace tengen::nn {

// The kernels for a precision; those of float32 where there are none faster.
const ChainKernels& chain_for(const Kernels& kernels, PlanPrecision precision);

// How `kernels` compute a convolution.
WinogradShape chain_shape(const ChainKernels& kernels, const Conv2dShape& conv);

// Turns every convolution that winograd_fits (winograd_conv.h) into a kChain, which reads an
// operand. The operand is made by the convolution before it, which may also scale and rectify its
// result on the way, or by a kFeed of its own where something else made the value.
void link_chains(const ChainKernels& kernels, FoldedGraph& folded);

}  // namespace tengen::nn
