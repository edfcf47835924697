// Trainer: one step is batch -> losses -> gradients -> update -> measures.
//
// Beside the weights that learn stand their exponential average, batch-norm statistics included;
// the average plays better long before the learning rate has come down, so it is what self-play
// uses and what is published.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agents/policy_value_net.h"
#include "nn/device.h"
#include "nn/optim/optimizer.h"
#include "nn/optim/schedule.h"
#include "selfplay/replay.h"

namespace tengen::selfplay {

struct TrainerOptions {
  int batch = 128;
  float learning_rate = 2e-3f;    // AdamW
  float final_rate_share = 0.1f;  // of the learning rate, reached ...
  int64_t decay_steps = 30000;    // ... on a cosine after so many steps
  int64_t warmup_steps = 200;     // linear, from zero
  float weight_decay = 1e-2f;
  float clip = 5.0f;             // of the gradient's norm
  bool bfloat16 = false;         // products in bfloat16, everything else in float32
  float average_decay = 0.995f;  // of the average of weights, a step
  float policy_weight = 1.0f;
  float value_weight = 1.2f;
  float score_weight = 0.1f;
  float ownership_weight = 1.5f;  // of the mean over points; 0 for games without territory
};

// Means over the rows of one step; what the progress line and metrics show.
struct StepMeasures {
  float loss = 0.0f;
  float policy_loss = 0.0f;
  float value_loss = 0.0f;
  float score_loss = 0.0f;
  float ownership_loss = 0.0f;
  float policy_accuracy = 0.0f;  // the net's best move is the search's
  float value_accuracy = 0.0f;   // the right winner is foreseen
  float gradient_norm = 0.0f;
};

class Trainer {
 public:
  // Weights, average and optimiser lie on `device`, where the steps are computed.
  Trainer(const agents::PolicyValueConfig& config, const TrainerOptions& options, uint64_t seed,
          nn::Device& device = nn::cpu_device());

  // The batch may lie on any device.
  StepMeasures step(const TrainingBatch& batch);
  int64_t steps() const { return steps_; }
  float learning_rate() const;
  agents::PolicyValueNet& average() { return average_; }

  // Everything that going on bit-exactly needs, by name.
  std::vector<nn::NamedTensor> state() const;
  void load_state(const std::vector<nn::NamedTensor>& entries, int64_t steps);

 private:
  void follow();  // moves the average towards the weights

  TrainerOptions options_;
  nn::Device& device_;
  nn::Schedule schedule_;
  agents::PolicyValueNet net_;
  agents::PolicyValueNet average_;
  std::unique_ptr<nn::Optimizer> optimizer_;
  int64_t steps_ = 0;
};

}  // namespace tengen::selfplay
