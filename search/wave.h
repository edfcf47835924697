// One wave over any number of trees: select leaves, have them judged, absorb them.
#pragma once

#include <atomic>
#include <span>
#include <vector>

#include "search/evaluator.h"
#include "search/search.h"

namespace tengen::search {

class Wave {
 public:
  // At most `leaves_per_tree` leaves of each tree at once. The trees hold positions of one game.
  Wave(std::span<Search* const> trees, Evaluator& evaluator, int leaves_per_tree);

  // Adds at most budgets[i] visits to tree i, and at least one where the budget is positive.
  // Leaves that end a game need no judge; a slot that meets one tries on, so that batches stay
  // full. Throws what the evaluator throws; its rows are cancelled then.
  void run(std::span<const int> budgets);

 private:
  // A place in the batch and the tree that it serves.
  struct Slot {
    int tree = 0;
    bool filled = false;
  };

  void hand_out_slots(std::span<const int> budgets);
  bool fill(const Slot& slot, EvalRow& row);
  int compact();
  void judge(int rows);

  std::span<Search* const> trees_;
  Evaluator& evaluator_;
  int leaves_per_tree_;
  EvalBatch batch_;
  std::vector<Slot> slots_;
  std::vector<std::atomic<int>> left_;  // of the budget of each tree in this wave
};

}  // namespace tengen::search
