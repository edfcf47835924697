// A quick match of one evaluator against another, many games at once: is the new network better?
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "search/evaluator.h"
#include "search/search.h"

namespace tengen::selfplay {

struct DuelOptions {
  std::string game;
  int games = 20;         // colours alternate
  int visits = 24;        // a move
  int opening_plies = 6;  // drawn over the visits, the rest is the best move
  uint64_t seed = 1;
  search::SearchOptions search;
};

struct DuelResult {
  int wins = 0, draws = 0, losses = 0;  // of `a`
  int games() const { return wins + draws + losses; }
  // Of the mean score, with one drawn game added so that clean sweeps stay finite.
  double elo() const;
};

// Unfinished games do not count when `stop` is set.
DuelResult duel(search::Evaluator& a, search::Evaluator& b, const DuelOptions& options,
                const std::atomic<bool>& stop);

}  // namespace tengen::selfplay
