#include "nn/infer/plan_precision.h"

#include "nn/base/check.h"
#include "nn/cpu/kernels.h"
#include "nn/infer/chain.h"

namespace tengen::nn {

const char* plan_precision_name(PlanPrecision precision) {
  switch (precision) {
    case PlanPrecision::kFloat32:
      return "float32";
    case PlanPrecision::kFloat16:
      return "float16";
    case PlanPrecision::kBfloat16:
      return "bfloat16";
    case PlanPrecision::kInt16:
      return "int16";
  }
  return "";
}

const char* plan_instructions(PlanPrecision precision) {
  return chain_for(kernels(), precision).instructions;
}

PlanPrecision plan_precision_named(const std::string& name) {
  for (const PlanPrecision p : {PlanPrecision::kFloat32, PlanPrecision::kFloat16,
                                PlanPrecision::kBfloat16, PlanPrecision::kInt16})
    if (name == plan_precision_name(p)) return p;
  throw Error("no precision is called '" + name +
              "'; there are float16, float32, bfloat16 and int16");
}

}  // namespace tengen::nn
