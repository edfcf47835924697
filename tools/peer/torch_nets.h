// The networks of `tengen bench train`, in libtorch.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace peer {

// One network with its batch, as tools/train_workloads.h has it for Tengen.
struct Workload {
  std::string name;
  int64_t batch;
  std::shared_ptr<torch::nn::Module> net;
  std::unique_ptr<torch::optim::Optimizer> optimizer;
  torch::Tensor input;   // [batch, ...]; images are [N,C,H,W], sequences of numbers [N,T]
  torch::Tensor target;  // class numbers
  std::function<torch::Tensor(const torch::Tensor&)> logits;  // [rows of target, classes]
};

// Throws std::invalid_argument for an unknown name, which lists the known ones.
Workload make_workload(const std::string& name);

}  // namespace peer
