// What judging in reduced precision costs: how far an evaluator strays from an exact one.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "search/evaluator.h"

namespace tengen::agents {

struct Deviation {
  double mean = 0.0;
  double worst = 0.0;
};

struct PrecisionCost {
  int positions = 0;
  // Kullback-Leibler divergence of the policy from the exact one, over the legal moves, in nats.
  Deviation policy_kl;
  Deviation value;         // |difference| of values in [-1, 1]
  Deviation score;         // |difference| in points
  double same_best = 0.0;  // share of positions with the same most likely legal move
};

// Both evaluators judge every position, none of which is over.
PrecisionCost precision_cost(search::Evaluator& exact, search::Evaluator& reduced,
                             std::span<const std::unique_ptr<envs::State>> positions);

// sum p ln(p / q) in nats, for the softmaxes p and q of the legal moves' logits.
double policy_divergence(std::span<const float> p_logits, std::span<const float> q_logits,
                         std::span<const envs::Action> legal);

}  // namespace tengen::agents
