// What the episodes of a learner were worth, epoch by epoch: kept in its checkpoint, drawn at the
// end.
#pragma once

#include <string>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::tools {

class RewardHistory {
 public:
  // An epoch is `epoch_steps` steps of the environments.
  RewardHistory(int64_t epochs, int64_t epoch_steps);

  // Episodes that ended in this epoch while it tried things out.
  void add_tried(int64_t epoch, const std::vector<double>& rewards);
  // What an episode is worth at the epoch's end if the best action is always taken.
  void set_earnest(int64_t epoch, double reward);
  double tried(int64_t epoch) const;  // the mean; 0 where no episode ended

  nn::Tensor chart(const std::string& title) const;

  // For checkpoints.
  std::vector<nn::NamedTensor> state() const { return {{"rows", rows_}}; }
  void load_state(const std::vector<nn::NamedTensor>& entries);

 private:
  enum Column { kSum, kCount, kEarnest, kColumns };
  const float* row(int64_t epoch) const { return rows_.data() + epoch * kColumns; }
  float* row(int64_t epoch) { return rows_.data() + epoch * kColumns; }

  const int64_t epoch_steps_;
  nn::Tensor rows_;  // [epochs, kColumns]
};

}  // namespace tengen::tools
