// One wave over any number of trees: select leaves, have them judged, absorb them.
//
// `begin` selects and hands the rows to the evaluator, `end` waits for it and absorbs: between the
// two another wave may begin, while a device works on this one's rows.
#pragma once

#include <atomic>
#include <span>
#include <vector>

#include "search/evaluator.h"
#include "search/search.h"

namespace tengen::search {

class Wave {
 public:
  // At most `leaves_per_tree` leaves of each tree at once; `sharing` waves work on the same trees.
  // The trees hold positions of one game.
  Wave(std::span<Search* const> trees, Evaluator& evaluator, int leaves_per_tree, int sharing = 1);
  // Rows under way are waited for and cancelled.
  ~Wave();
  Wave(const Wave&) = delete;
  Wave& operator=(const Wave&) = delete;

  // begin and end add at most budgets[i] visits to tree i and, unless another wave is at work on
  // it, at least one where the budget is positive. Leaves that end a game need no judge; a slot
  // that meets one tries on, so that batches stay full. Both throw what the evaluator throws; the
  // rows are cancelled then.
  void begin(std::span<const int> budgets);
  void end();
  // Rows between begin and end.
  int rows_under_way() const { return rows_; }

 private:
  // A place in the batch and the tree that it serves.
  struct Slot {
    int tree = 0;
    bool filled = false;
  };

  void hand_out_slots(std::span<const int> budgets);
  bool fill(const Slot& slot, EvalRow& row);
  int compact();
  void cancel();

  std::span<Search* const> trees_;
  Evaluator& evaluator_;
  int leaves_per_tree_;
  int sharing_;
  EvalBatch batch_;
  int rows_ = 0;  // that the evaluator has
  std::vector<Slot> slots_;
  std::vector<std::atomic<int>> left_;  // of the budget of each tree in this wave
};

}  // namespace tengen::search
