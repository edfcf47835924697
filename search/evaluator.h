// The only seam between the search and whatever judges positions: rows of states go in,
// logits and values come out.
//
// A row owns a scratch State. The search copies its root into it and plays down to the leaf, so
// an evaluator sees the very position: a network encodes it, a playout continues it, a hash
// reads its key, a cache compares the key first. Nothing here knows what a network is.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "envs/state.h"

namespace tengen::search {

// One position to be judged, and the judgement.
struct EvalRow {
  std::unique_ptr<envs::State> state;  // in; never a finished game
  std::vector<float> logits;           // out, [actions]; illegal entries are ignored
  float value = 0.0f;                  // out, for the player to move, in [-1, 1]
  float score = 0.0f;                  // out, expected points for the player to move; 0 if unknown

  // The way from the root, written by select and read by absorb; nobody else looks.
  std::vector<uint32_t> path;
};

class EvalBatch {
 public:
  // Rows whose states are copies of `prototype`, so that later copies reuse their memory.
  EvalBatch(const envs::State& prototype, int capacity);

  int capacity() const { return static_cast<int>(rows_.size()); }
  EvalRow& row(int i) { return rows_[static_cast<size_t>(i)]; }
  const EvalRow& row(int i) const { return rows_[static_cast<size_t>(i)]; }

 private:
  std::vector<EvalRow> rows_;
};

// Judges batches. Decorators (cache, splitter, several devices) wrap another Evaluator.
class Evaluator {
 public:
  virtual ~Evaluator() = default;

  // Starts judging rows [0, rows) and may return before the results stand. An evaluator on the
  // CPU does all the work here, in parallel over the rows. Called by one thread at a time.
  virtual void submit(EvalBatch& batch, int rows) = 0;
  // Returns when the results of the last submit of this batch stand.
  virtual void wait(EvalBatch& batch) = 0;

  // The number of rows at which the device is busy: workers on a CPU, hundreds on a GPU.
  virtual int preferred_rows() const = 0;
  // How many batches may be submitted before the first of them is waited for: 2 where the device
  // works while the CPU selects. They are waited for in the order of their submission.
  virtual int batches_under_way() const { return 1; }
};

}  // namespace tengen::search
