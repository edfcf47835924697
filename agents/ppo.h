// Proximal policy optimisation (Schulman et al. 2017): a network of policy and value acts for a
// while in several environments, then learns from all of it a few times over, its probabilities
// being kept from straying too far from those it acted with.
#pragma once

#include "agents/learner.h"

namespace tengen::agents {

struct PpoOptions {
  int64_t environments = 8;
  int64_t horizon = 32;  // steps of each before it learns
  int64_t batch_size = 256;
  int64_t passes = 20;     // over the steps, each time it learns
  int64_t hidden = 64;     // units of both hidden layers
  float rate = 1e-3f;      // of learning; falls to 0 on a straight line
  float discount = 0.98f;  // gamma
  float trace = 0.8f;      // lambda of generalised advantage estimation (Schulman et al. 2016)
  float clip = 0.2f;       // how far a ratio of probabilities counts (equation 7); falls likewise
  float value_weight = 0.5f;
  float entropy_weight = 0.0f;
  float clip_gradient = 0.5f;
};

std::unique_ptr<Learner> make_ppo(const envs::Environment& environment, const PpoOptions& options,
                                  uint64_t seed);

}  // namespace tengen::agents
