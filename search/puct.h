// The arithmetic of the search as pure functions: priors, PUCT, first-play urgency, noise.
//
// Only +, -, *, / and sqrt on floats decide between moves, plus one logarithm that is rounded
// from double; so a search takes the same course with every compiler (the build forbids
// contraction to fused multiply-adds).
#pragma once

#include <span>

#include "envs/state.h"
#include "nn/base/rng.h"

namespace tengen::search {

// The factor of the exploration term: init + growth * ln((visits + base) / base), where `visits`
// is the parent's (Silver et al. 2018, supplement, "Search"; growth is 1 there).
float exploration_factor(float init, float growth, float base, int visits);

// PUCT: value + exploration * prior / (1 + visits), where `exploration` is the factor above times
// sqrt(parent visits) (Rosin 2011; Silver et al. 2017, Methods, "Select").
inline float puct_score(float value, float prior, float exploration, int visits) {
  return value + exploration * prior / static_cast<float>(1 + visits);
}

// The mean value of a move whose `pending` rows are counted as losses (virtual loss; Chaslot,
// Winands and van den Herik 2008). `value_sum` is for the player who moves; not both 0.
inline float value_with_losses(float value_sum, int visits, int pending) {
  return (value_sum - static_cast<float>(pending)) / static_cast<float>(visits + pending);
}

// What an untried move is worth: the parent's value less `reduction` * sqrt(prior mass of the
// tried moves), not below a loss (first-play urgency: Gelly and Wang 2006; this form: Wu 2019).
float first_play_value(float parent_value, float tried_policy, float reduction);

// e^x for x <= 0, relative error below 1e-5, 0 below -87: the same bits with every compiler.
float exp_of_negative(float x);

// Softmax of logits[legal[i]] into priors[i]. Minus infinity is a prior of 0; any other logit that
// is not finite means that the judge is broken, and all moves become equal.
void softmax_priors(std::span<const float> logits, std::span<const envs::Action> legal,
                    std::span<float> priors);

// priors^(1 / temperature), normalised: above 1 flattens. A temperature of 1 changes nothing.
void apply_temperature(std::span<float> priors, float temperature);

// priors = (1 - fraction) * priors + fraction * Dirichlet(alpha_total / number of moves)
// (Silver et al. 2017, Methods, "Self-play"; the alpha scaled by moves: Wu 2019, section 2.1).
void add_dirichlet_noise(std::span<float> priors, float fraction, float alpha_total, Rng rng);

}  // namespace tengen::search
