// What `tengen bench train` trains: named networks with a batch of random data and an optimiser,
// each the same as in tools/peer, which trains it in libtorch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "nn/layers/module.h"
#include "nn/optim/optimizer.h"

namespace tengen::tools {

// A network ready for whole training steps: forward, loss, backward, update.
class Trainee {
 public:
  // `loss` computes it on a fixed batch.
  Trainee(std::unique_ptr<nn::Module> net, std::unique_ptr<nn::Optimizer> optimizer,
          float learning_rate, std::function<nn::Var()> loss);
  void step();
  void finish();  // returns when all steps are done, which a GPU may still be at

 private:
  std::unique_ptr<nn::Module> net_;
  std::unique_ptr<nn::Optimizer> optimizer_;
  float learning_rate_;
  std::function<nn::Var()> loss_;
};

struct TrainWorkload {
  const char* name;  // of --only and of torch_peer
  const char* description;
  int64_t batch;
  Trainee (*make)(int64_t batch, nn::Device& device);
  bool for_gpus = false;  // seconds a step on a CPU
};
std::span<const TrainWorkload> train_workloads();

}  // namespace tengen::tools
