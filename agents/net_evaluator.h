// A network as a search Evaluator, over nn's BatchEvaluator; and a cache as a decorator.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "agents/policy_value_net.h"
#include "nn/infer/batch_evaluator.h"
#include "search/evaluator.h"

namespace tengen::agents {

enum class Symmetry {
  kNone,    // the position as it stands
  kHashed,  // one of the game's symmetries, chosen by the position's key: random but repeatable
};

class NetEvaluator : public search::Evaluator {
 public:
  // Compiles `net` for the board of `spec`; an Error if the network is for another game.
  NetEvaluator(PolicyValueNet& net, const envs::GameSpec& spec, Symmetry symmetry);

  void submit(search::EvalBatch& batch, int rows) override;
  void wait(search::EvalBatch& batch) override;
  int preferred_rows() const override;

  // Takes new weights (same game and board) into use from the next submit on; any thread.
  void replace(PolicyValueNet& net);

 private:
  const envs::GameSpec spec_;
  Symmetry symmetry_;
  nn::BatchEvaluator evaluator_;
};

// Remembers judgements by State::key: a fixed table, the newest of a slot wins.
class CachedEvaluator : public search::Evaluator {
 public:
  CachedEvaluator(search::Evaluator& inner, const envs::State& prototype, size_t cache_mib);
  ~CachedEvaluator() override;

  void submit(search::EvalBatch& batch, int rows) override;
  void wait(search::EvalBatch& batch) override;
  int preferred_rows() const override;
  void clear();  // after the inner evaluator changed
  double hit_rate() const;

 private:
  struct Table;
  search::Evaluator& inner_;
  std::unique_ptr<Table> table_;
};

}  // namespace tengen::agents
