// A running average of a network's weights, batch-norm statistics included, which generalises
// better than the last weights do (Polyak and Juditsky 1992; Tarvainen and Valpola 2017).
#pragma once

#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

struct WeightAverageOptions {
  float decay = 0.999f;  // of the average, a step
  // Young averages forget their random beginning faster: in step t (from 1) the decay is at most
  // t / (t + 10).
  bool warm_up = true;
};

class WeightAverage {
 public:
  // Begins at the weights that `module` has now. The module must outlive this.
  explicit WeightAverage(Module& module, const WeightAverageOptions& options = {});

  // After every step of the optimiser: average += (1 - decay) * (weights - average).
  void update();
  // Exchanges weights and average; a second time takes them back.
  void swap();

  // The average by path and the number of updates ("updates"); not while swapped.
  std::vector<NamedTensor> state() const;
  void load_state(const std::vector<NamedTensor>& entries);

 private:
  Module& module_;
  const WeightAverageOptions options_;
  std::vector<NamedTensor> average_;
  Tensor updates_;  // [2]: the count as two digits of 2^20, which a float holds exactly
  bool swapped_ = false;
};

// The average stands in the network while one lives: for evaluation and for saving.
class AverageInPlace {
 public:
  explicit AverageInPlace(WeightAverage& average) : average_(average) { average_.swap(); }
  ~AverageInPlace() { average_.swap(); }
  AverageInPlace(const AverageInPlace&) = delete;
  AverageInPlace& operator=(const AverageInPlace&) = delete;

 private:
  WeightAverage& average_;
};

}  // namespace tengen::nn
