#include "search/evaluator.h"

#include "nn/base/check.h"

namespace tengen::search {

EvalBatch::EvalBatch(const envs::State& prototype, int capacity) {
  CHECK(capacity > 0);
  rows_.resize(static_cast<size_t>(capacity));
  for (EvalRow& row : rows_) {
    row.state = prototype.clone();
    row.logits.resize(static_cast<size_t>(prototype.spec().actions));
  }
}

}  // namespace tengen::search
