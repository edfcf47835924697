// CachedEvaluator: rows found in the table are answered at once; the others travel in a compact
// batch of their own, by swapping states, so that the inner evaluator sees only what is new.
#include <algorithm>
#include <mutex>
#include <utility>

#include "agents/net_evaluator.h"
#include "nn/base/check.h"

namespace tengen::agents {
namespace {

// Slots of (key, value, score, logits); a key has one slot.
class JudgementTable {
 public:
  JudgementTable(int actions, size_t cache_mib) : actions_(static_cast<size_t>(actions)) {
    const size_t slot_bytes = sizeof(Slot) + actions_ * sizeof(float);
    slots_.resize(std::max<size_t>(1, (cache_mib << 20) / slot_bytes));
    // Left unwritten: memory is taken only as slots fill.
    logits_.reset(new float[slots_.size() * actions_]);
  }

  bool find(uint64_t key, search::EvalRow& row) const {
    const size_t index = key % slots_.size();
    const Slot& slot = slots_[index];
    if (!slot.used || slot.key != key) return false;
    const float* logits = logits_.get() + index * actions_;
    row.logits.assign(logits, logits + actions_);
    row.value = slot.value;
    row.score = slot.score;
    return true;
  }

  void store(uint64_t key, const search::EvalRow& row) {
    CHECK(row.logits.size() == actions_);
    const size_t index = key % slots_.size();
    slots_[index] = {key, row.value, row.score, true};
    std::copy(row.logits.begin(), row.logits.end(), logits_.get() + index * actions_);
  }

  void clear() {
    for (Slot& slot : slots_) slot.used = false;
  }

 private:
  struct Slot {
    uint64_t key = 0;
    float value = 0.0f;
    float score = 0.0f;
    bool used = false;
  };
  size_t actions_;
  std::vector<Slot> slots_;
  std::unique_ptr<float[]> logits_;
};

// The unknown rows of one batch on their way through the inner evaluator.
struct Forwarded {
  explicit Forwarded(const envs::State& prototype, int capacity) : batch(prototype, capacity) {}
  search::EvalBatch batch;
  search::EvalBatch* from = nullptr;  // nullptr: free for the next submit
  std::vector<int> origin;            // row of `from` for each row here
  std::vector<uint64_t> keys;
};

void swap_contents(search::EvalRow& a, search::EvalRow& b) {
  std::swap(a.state, b.state);
  std::swap(a.logits, b.logits);
  std::swap(a.value, b.value);
  std::swap(a.score, b.score);
}

}  // namespace

struct CachedEvaluator::Table {
  Table(const envs::State& state, size_t cache_mib)
      : prototype(state.clone()), judgements(state.spec().actions, cache_mib) {}

  // A batch's own Forwarded: the one under way, else a free one, else a new one.
  Forwarded& free_one(int capacity) {
    for (auto& candidate : forwarded) {
      if (candidate->from == nullptr && candidate->batch.capacity() >= capacity) return *candidate;
    }
    forwarded.push_back(std::make_unique<Forwarded>(*prototype, capacity));
    return *forwarded.back();
  }
  Forwarded* under_way(const search::EvalBatch& batch) {
    for (auto& candidate : forwarded) {
      if (candidate->from == &batch) return candidate.get();
    }
    return nullptr;
  }

  std::unique_ptr<envs::State> prototype;
  std::mutex mutex;  // guards all below
  JudgementTable judgements;
  std::vector<std::unique_ptr<Forwarded>> forwarded;
  uint64_t asked = 0;
  uint64_t found = 0;
};

CachedEvaluator::CachedEvaluator(search::Evaluator& inner, const envs::State& prototype,
                                 size_t cache_mib)
    : inner_(inner), table_(std::make_unique<Table>(prototype, cache_mib)) {}

CachedEvaluator::CachedEvaluator(std::unique_ptr<search::Evaluator> inner,
                                 const envs::State& prototype, size_t cache_mib)
    : owned_(std::move(inner)),
      inner_(*owned_),
      table_(std::make_unique<Table>(prototype, cache_mib)) {}

CachedEvaluator::~CachedEvaluator() = default;

void CachedEvaluator::submit(search::EvalBatch& batch, int rows) {
  CHECK(rows <= batch.capacity());
  Forwarded* unknown = nullptr;
  {
    const std::lock_guard lock(table_->mutex);
    CHECK(table_->under_way(batch) == nullptr);
    unknown = &table_->free_one(batch.capacity());
    unknown->origin.clear();
    unknown->keys.clear();
    for (int i = 0; i < rows; ++i) {
      const uint64_t key = batch.row(i).state->key();
      if (table_->judgements.find(key, batch.row(i))) continue;
      swap_contents(batch.row(i), unknown->batch.row(static_cast<int>(unknown->origin.size())));
      unknown->origin.push_back(i);
      unknown->keys.push_back(key);
    }
    table_->asked += static_cast<uint64_t>(rows);
    table_->found += static_cast<uint64_t>(rows) - unknown->origin.size();
    if (unknown->origin.empty()) return;
    unknown->from = &batch;
  }
  try {
    inner_.submit(unknown->batch, static_cast<int>(unknown->origin.size()));
  } catch (...) {
    unknown->from = nullptr;  // nobody will wait for it
    throw;
  }
}

void CachedEvaluator::wait(search::EvalBatch& batch) {
  Forwarded* unknown = nullptr;
  {
    const std::lock_guard lock(table_->mutex);
    unknown = table_->under_way(batch);
  }
  if (unknown == nullptr) return;  // every row was known
  try {
    inner_.wait(unknown->batch);
  } catch (...) {
    unknown->from = nullptr;  // it is over
    throw;
  }
  const std::lock_guard lock(table_->mutex);
  for (size_t i = 0; i < unknown->origin.size(); ++i) {
    search::EvalRow& row = batch.row(unknown->origin[i]);
    swap_contents(unknown->batch.row(static_cast<int>(i)), row);
    table_->judgements.store(unknown->keys[i], row);
  }
  unknown->from = nullptr;
}

int CachedEvaluator::preferred_rows() const { return inner_.preferred_rows(); }
int CachedEvaluator::batches_under_way() const { return inner_.batches_under_way(); }

void CachedEvaluator::clear() {
  const std::lock_guard lock(table_->mutex);
  table_->judgements.clear();
}

double CachedEvaluator::hit_rate() const {
  const std::lock_guard lock(table_->mutex);
  return table_->asked == 0
             ? 0.0
             : static_cast<double>(table_->found) / static_cast<double>(table_->asked);
}

}  // namespace tengen::agents
