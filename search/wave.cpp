#include "search/wave.h"

#include <algorithm>
#include <utility>

#include "nn/base/check.h"
#include "nn/base/parallel.h"

namespace tengen::search {

namespace {

// Selecting or absorbing a row takes about a microsecond, as does starting a task.
constexpr int kSlotsPerTask = 8;
// How many finished games a slot may meet before it stays empty.
constexpr int kTries = 8;

}  // namespace

Wave::Wave(std::span<Search* const> trees, Evaluator& evaluator, int leaves_per_tree, int sharing)
    : trees_(trees),
      evaluator_(evaluator),
      leaves_per_tree_(leaves_per_tree),
      sharing_(sharing),
      batch_(trees[0]->root(), static_cast<int>(trees.size()) * leaves_per_tree),
      left_(trees.size()) {
  slots_.reserve(static_cast<size_t>(batch_.capacity()));
}

// The wave is given up because something else failed; that is what will be reported.
Wave::~Wave() {
  if (rows_ == 0) return;
  try {
    evaluator_.wait(batch_);
  } catch (...) {
  }
  cancel();
}

void Wave::begin(std::span<const int> budgets) {
  CHECK(rows_ == 0);
  hand_out_slots(budgets);
  parallel_ranges(static_cast<int64_t>(slots_.size()), kSlotsPerTask,
                  [&](int64_t begin, int64_t end) {
                    for (int64_t i = begin; i < end; ++i) {
                      Slot& slot = slots_[static_cast<size_t>(i)];
                      slot.filled = fill(slot, batch_.row(static_cast<int>(i)));
                    }
                  });
  rows_ = compact();
  if (rows_ == 0) return;
  try {
    evaluator_.submit(batch_, rows_);
  } catch (...) {
    cancel();
    throw;
  }
}

void Wave::end() {
  if (rows_ == 0) return;
  try {
    evaluator_.wait(batch_);
  } catch (...) {
    cancel();
    throw;
  }
  parallel_ranges(rows_, kSlotsPerTask, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      trees_[static_cast<size_t>(slots_[static_cast<size_t>(i)].tree)]->absorb(
          batch_.row(static_cast<int>(i)));
    }
  });
  rows_ = 0;
}

void Wave::hand_out_slots(std::span<const int> budgets) {
  CHECK(budgets.size() == trees_.size());
  slots_.clear();
  for (size_t t = 0; t < trees_.size(); ++t) {
    left_[t].store(budgets[t], std::memory_order_relaxed);
    const int quarter = std::max(1, (1 + trees_[t]->visits() / 4) / sharing_);
    const int leaves = std::min({leaves_per_tree_, budgets[t], quarter});
    for (int i = 0; i < leaves; ++i) slots_.push_back({static_cast<int>(t), false});
  }
}

// A collision leaves the slot empty: the tree is too small for so many leaves at once. It cannot
// happen to the first slot of a tree that selects, so every wave adds visits.
bool Wave::fill(const Slot& slot, EvalRow& row) {
  std::atomic<int>& left = left_[static_cast<size_t>(slot.tree)];
  for (int i = 0; i < kTries; ++i) {
    if (left.fetch_sub(1, std::memory_order_relaxed) <= 0) return false;
    const SelectResult result = trees_[static_cast<size_t>(slot.tree)]->select(row);
    if (result != SelectResult::kTerminal) return result == SelectResult::kRow;
  }
  return false;
}

// Moves the filled slots and their rows to the front, in order; returns how many.
int Wave::compact() {
  int rows = 0;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].filled) continue;
    if (static_cast<int>(i) != rows) {
      std::swap(batch_.row(static_cast<int>(i)), batch_.row(rows));
      std::swap(slots_[i], slots_[static_cast<size_t>(rows)]);
    }
    ++rows;
  }
  return rows;
}

void Wave::cancel() {
  for (int i = 0; i < rows_; ++i) {
    trees_[static_cast<size_t>(slots_[static_cast<size_t>(i)].tree)]->cancel(batch_.row(i));
  }
  rows_ = 0;
}

}  // namespace tengen::search
