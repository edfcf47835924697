// A network that trains on a GPU, for a while on the CPU: for validation and whatever else is
// written for host memory.
#pragma once

#include <utility>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

// While one lives, parameters and buffers are copies on cpu_device(); then they are again what
// they were, and changes to the copies are lost. Does nothing for a network on the CPU.
class HostWeights {
 public:
  explicit HostWeights(Module& net);
  ~HostWeights();
  HostWeights(const HostWeights&) = delete;
  HostWeights& operator=(const HostWeights&) = delete;

 private:
  std::vector<std::pair<Var, Tensor>> kept_;
};

// Takes a trained network to the CPU for good; its optimizer is done with it.
void bring_to_host(Module& net);

}  // namespace tengen::nn
