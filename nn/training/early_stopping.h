// Early stopping: training ends when a validation measure has stopped falling, and the best
// weights come back (Prechelt 1998).
//
//   EarlyStopping stopping(net);
//   for (...) { ...an epoch...; if (stopping.update(validation_loss)) break; }
//   stopping.restore();
#pragma once

#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

struct EarlyStoppingOptions {
  int patience = 10;               // updates without improvement before it stops
  float least_improvement = 0.0f;  // smaller ones do not count
};

class EarlyStopping {
 public:
  // The module must outlive this.
  explicit EarlyStopping(Module& module, const EarlyStoppingOptions& options = {});

  // `measure` is to fall: a validation loss, or minus an accuracy; not-a-number is no improvement.
  // True when it is time to stop. After an improvement a copy of the weights is kept.
  bool update(float measure);
  bool improved() const;  // by the last update
  float best() const;     // the largest float before the first improvement
  // Puts the best weights back; without an improvement so far, those at the beginning.
  void restore();

  std::vector<NamedTensor> state() const;
  void load_state(const std::vector<NamedTensor>& entries);

 private:
  Module& module_;
  const EarlyStoppingOptions options_;
  std::vector<NamedTensor> best_weights_;  // "best.PATH"
  Tensor state_;                           // [2]: best measure, updates since
};

}  // namespace tengen::nn
