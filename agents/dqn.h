// Deep Q-learning (Mnih et al. 2015): a network learns what each action is worth from a memory of
// steps, against a target network that follows it at intervals; double (van Hasselt, Guez and
// Silver 2016): one network chooses the next action, the other judges it.
#pragma once

#include "agents/learner.h"

namespace tengen::agents {

struct DqnOptions {
  int64_t environments = 8;
  int64_t memory = 50000;           // steps that are remembered
  int64_t first_steps = 1000;       // at random, before it learns
  int64_t steps_each_time = 256;    // of all environments together, before it learns ...
  int64_t batches_each_time = 128;  // ... from so many batches
  int64_t batch_size = 64;
  int64_t target_interval = 128;  // batches after which the target network is renewed
  int64_t hidden = 128;           // units of both hidden layers
  float rate = 1e-3f;
  float discount = 0.99f;  // gamma
  // The chance of an action at random falls from 1 to `last_random` in the first
  // `random_share` of the training.
  double last_random = 0.04;
  double random_share = 0.16;
  float clip_gradient = 10.0f;
};

std::unique_ptr<Learner> make_dqn(const envs::Environment& environment, const DqnOptions& options,
                                  uint64_t seed);

}  // namespace tengen::agents
