// Evaluators without a network: for tests, for benchmarks, and for play where there is none.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "search/evaluator.h"

namespace tengen::search {

// Knows nothing: all moves alike, every position even.
class UniformEvaluator : public Evaluator {
 public:
  void submit(EvalBatch& batch, int rows) override;
  void wait(EvalBatch&) override {}
  int preferred_rows() const override;
};

// Logits in [-2, 2), value and score pseudo-random from State::key alone, made of integers: the
// same on every machine. It costs next to nothing, so it shows the search itself.
class HashEvaluator : public Evaluator {
 public:
  void submit(EvalBatch& batch, int rows) override;
  void wait(EvalBatch&) override {}
  int preferred_rows() const override;
};

// Plays `playouts` games of State::playout_move from each row to the end; value and score are the
// mean outcome, all moves alike. The random numbers belong to (seed, State::key), so a position
// is always judged the same.
class RolloutEvaluator : public Evaluator {
 public:
  RolloutEvaluator(int playouts, uint64_t seed);

  void submit(EvalBatch& batch, int rows) override;
  void wait(EvalBatch&) override {}
  int preferred_rows() const override;

 private:
  void judge(EvalRow& row, std::unique_ptr<envs::State>& scratch) const;

  int playouts_;
  uint64_t seed_;
  std::vector<std::unique_ptr<envs::State>> scratch_;  // one a row
};

}  // namespace tengen::search
