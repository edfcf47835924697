// A step of a plan: one kernel call or a few, on values whose places are fixed when it is built.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "nn/cpu/kernels.h"
#include "nn/infer/operation.h"

namespace tengen::nn {

// Where a value lies while the plan runs.
struct Place {
  enum class In { kWorkspace, kInput, kOutput, kConstant };
  In in = In::kWorkspace;
  int64_t at = 0;  // floats into the workspace, or number of the input or output
  const float* constant = nullptr;
};

// What one run works on.
struct Frame {
  std::span<const float* const> inputs;
  std::span<float* const> outputs;
  float* workspace;
  float* scratch;  // what a step needs for itself

  const float* read(const Place& p) const {
    switch (p.in) {
      case Place::In::kInput:
        return inputs[static_cast<size_t>(p.at)];
      case Place::In::kOutput:
        return outputs[static_cast<size_t>(p.at)];
      case Place::In::kConstant:
        return p.constant;
      case Place::In::kWorkspace:
        break;
    }
    return workspace + p.at;
  }
  float* write(const Place& p) const {
    return p.in == Place::In::kOutput ? outputs[static_cast<size_t>(p.at)] : workspace + p.at;
  }
};

// The places of an operation's values.
struct Places {
  std::vector<Place> inputs;
  Place output, residual, row_bias;
};

class Step {
 public:
  virtual ~Step() = default;
  virtual void run(const Frame& frame) const = 0;
  virtual std::string text() const = 0;
  virtual double flops() const { return 0.0; }
  virtual int64_t scratch_floats() const { return 0; }
  // The packed weights lie in memory that all steps share, in order of use.
  virtual int64_t weight_floats() const { return 0; }
  virtual void pack(float* /*to*/) {}
};

// Products (steps_product.cpp) and all others (steps_simple.cpp).
std::unique_ptr<Step> make_product_step(const Kernels& kernels, Operation operation, Places places);
std::unique_ptr<Step> make_simple_step(const Kernels& kernels, Operation operation, Places places);

}  // namespace tengen::nn
