// The only loop in the house: waves of select, evaluate, absorb over one tree under a clock or
// over a thousand trees of self-play.
//
// In a wave the tasks select leaves in parallel, each into a row of one batch; the evaluator
// judges the batch; the tasks absorb it in parallel. No task waits for another; only the thread
// that called drive waits, between the phases. A wave takes no more leaves of a tree than a
// quarter of its visits, so that virtual losses do not drown what a young tree knows.
#pragma once

#include <atomic>
#include <functional>
#include <span>

#include "search/evaluator.h"
#include "search/search.h"

namespace tengen::search {

// When one tree has been searched enough; whatever comes first. Zero means no limit.
struct Limits {
  int visits = 0;       // of the root, those kept from an earlier search included
  double time_s = 0.0;  // wall clock from the call of drive
};

struct DriveOptions {
  int rows_per_wave = 0;          // 0: Evaluator::preferred_rows, or one a tree if more trees
  bool stop_when_decided = true;  // one tree: stop when the best move cannot be overtaken
  const std::atomic<bool>* stop = nullptr;  // set by others to end early
};

// Searches one tree until a limit is reached, to the exact visit. The root is judged in any
// case, even when the time is over before it began. With no limit at all there must be a `stop`.
// What an evaluator throws is thrown on, after its rows were cancelled: the tree stays sound.
void drive(Search& search, Evaluator& evaluator, const Limits& limits,
           const DriveOptions& options = {});

// Searches many trees of one game, one leaf of each a wave (more if they are fewer than
// rows_per_wave). When tree i has reached its target, on_ready(i) is called (from the calling
// thread, in order of i) to play a move and advance or reset the tree; it returns the next visit
// target, or 0 to rest the tree. A tree that already has its next target is ready again at once.
// Ends when all rest or `stop` is set.
void drive(std::span<Search* const> trees, Evaluator& evaluator,
           const std::function<int(int index)>& on_ready, std::span<const int> first_targets,
           const DriveOptions& options = {});

}  // namespace tengen::search
