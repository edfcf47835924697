// The numbers that a plan's convolutions multiply.
#pragma once

#include <string>
#include <vector>

namespace tengen::nn {

enum class PlanPrecision {
  kFloat32,
  kFloat16,   // on GPUs, sums in float32; the CPU computes in float32 instead
  kBfloat16,  // on CPUs, sums in float32; GPUs compute in float16 instead
  kInt16,     // the same, fixed point with scales from calibration, sums in int32
};

const char* plan_precision_name(PlanPrecision precision);  // "float32", "float16", ...
// The instructions that a plan's convolutions of that precision run on here, as TENGEN_CPU would
// name them; of float32 where the processor has nothing faster.
const char* plan_instructions(PlanPrecision precision);
// An Error that lists the names where there is no such precision.
PlanPrecision plan_precision_named(const std::string& name);

}  // namespace tengen::nn
