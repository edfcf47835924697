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
  Place output, then_output, feeds, residual, row_bias, last_cell;
};

// An operand of a chain, as the steps that make or read it know it.
struct FedOperand {
  WinogradShape shape;
  const float* scale = nullptr;  // [elements], where the kernels are scaled
};

// What the body of a call works on.
struct Arguments {
  Device& device;
  const Frame& frame;
  const Places& places;

  const float* in(size_t i) const { return frame.read(places.inputs[i]); }
  float* out() const { return frame.write(places.output); }
  float* scratch() const { return frame.scratch; }
  int32_t* whole_scratch() const { return reinterpret_cast<int32_t*>(frame.scratch); }
  // `count` numbers of input i, as whole numbers in [0, limit) in the scratch memory. Another is a
  // CheckFailure that names `op` and the number's place.
  const int32_t* whole_numbers(const char* op, size_t i, int64_t count, int64_t limit) const;
};

// Whole lines of the cache: 16 floats.
inline int64_t whole_lines(int64_t floats) { return (floats + 15) / 16 * 16; }

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

// steps_chain.cpp: the convolutions of chains, and what feeds the first.
std::unique_ptr<Step> make_feed_step(const ChainKernels& kernels, Operation operation,
                                     Places places, FedOperand fed);
std::unique_ptr<Step> make_chain_step(const ChainKernels& kernels, Operation operation,
                                      Places places, FedOperand read, FedOperand fed);
// All others: steps_simple.cpp, which asks steps_product.cpp and so on.
std::unique_ptr<Step> make_step(const Kernels& kernels, Operation operation, Places places);
std::unique_ptr<Step> make_product_step(const Kernels& kernels, Operation operation, Places places);
std::unique_ptr<Step> make_pooled_step(const Kernels& kernels, Operation operation, Places places);
std::unique_ptr<Step> make_recurrent_step(const Kernels& kernels, Operation operation,
                                          Places places);

}  // namespace tengen::nn
