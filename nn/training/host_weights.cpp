#include "nn/training/host_weights.h"

#include "nn/device.h"

namespace tengen::nn {

HostWeights::HostWeights(Module& net) {
  for (const Var& var : net.variables()) {
    const Tensor& value = var.value();
    if (&value.device() == &cpu_device()) continue;
    kept_.emplace_back(var, value);
    var.node()->value = value.to(cpu_device());
  }
}

HostWeights::~HostWeights() {
  for (const auto& [var, value] : kept_) var.node()->value = value;
}

void bring_to_host(Module& net) {
  for (NamedVar& parameter : net.parameters())
    if (&parameter.var.value().device() != &cpu_device()) parameter.var.release();
  net.to(cpu_device());
}

}  // namespace tengen::nn
