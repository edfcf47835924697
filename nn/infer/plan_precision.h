// The numbers that a plan's convolutions multiply.
#pragma once

#include <string>
#include <vector>

namespace tengen::nn {

enum class PlanPrecision {
  kFloat32,
  kBfloat16,  // sums in float32
  kInt16,     // fixed point with scales from calibration, sums in int32
};

const char* plan_precision_name(PlanPrecision precision);  // "float32", "bfloat16", "int16"
// The instructions that a plan's convolutions of that precision run on here, as TENGEN_CPU would
// name them; of float32 where the processor has nothing faster.
const char* plan_instructions(PlanPrecision precision);
// An Error that lists the names where there is no such precision.
PlanPrecision plan_precision_named(const std::string& name);

}  // namespace tengen::nn
