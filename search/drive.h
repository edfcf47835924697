// The only loop in the house, and the only oneTBB in the search: waves of select, evaluate,
// absorb over one tree under a clock or over a thousand trees of self-play.
#pragma once

#include <atomic>
#include <functional>
#include <span>

#include "search/evaluator.h"
#include "search/search.h"

namespace tengen::search {

// When one tree has been searched enough; whatever comes first. Zero means no limit.
struct Limits {
  int visits = 0;        // of the root, those kept from an earlier search included
  double time_s = 0.0;   // wall clock from the call of drive
};

struct DriveOptions {
  int rows_per_wave = 0;             // 0: Evaluator::preferred_rows, or one a tree if more trees
  bool stop_when_decided = true;     // one tree: stop when the best move cannot be overtaken
  const std::atomic<bool>* stop = nullptr;  // set by others to end early
};

// Searches one tree until a limit is reached.
void drive(Search& search, Evaluator& evaluator, const Limits& limits,
           const DriveOptions& options = {});

// Searches many trees, one leaf of each a wave. When tree i has reached `target(i)` visits,
// on_ready(i) is called (from the calling thread, in order of i) to play a move and advance or
// reset the tree; it returns the next visit target, or 0 to rest the tree. Ends when all rest or
// `stop` is set.
void drive(std::span<Search* const> trees, Evaluator& evaluator,
           const std::function<int(int index)>& on_ready, std::span<const int> first_targets,
           const DriveOptions& options = {});

}  // namespace tengen::search
