#include "search/stand_ins.h"

#include <algorithm>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/base/rng.h"

namespace tengen::search {

namespace {

// Cheap rows are judged many to a task, and a wave needs many to pay for starting tasks.
constexpr int kCheapRowsPerTask = 32;
constexpr int kCheapRowsPerWave = 128;

// Four logits from the 16-bit quarters of a hash, all exact in float.
void hash_logits(uint64_t key, std::vector<float>& logits) {
  uint64_t bits = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (i % 4 == 0) bits = mix64(key + i);
    logits[i] = static_cast<float>(static_cast<int>(bits & 0xffff) - 0x8000) * 0x1.0p-14f;
    bits >>= 16;
  }
}

}  // namespace

void UniformEvaluator::submit(EvalBatch& batch, int rows) {
  CHECK(rows <= batch.capacity());
  for (int i = 0; i < rows; ++i) {
    EvalRow& row = batch.row(i);
    std::fill(row.logits.begin(), row.logits.end(), 0.0f);
    row.value = 0.0f;
    row.score = 0.0f;
  }
}

int UniformEvaluator::preferred_rows() const { return kCheapRowsPerWave; }

void HashEvaluator::submit(EvalBatch& batch, int rows) {
  CHECK(rows <= batch.capacity());
  parallel_ranges(rows, kCheapRowsPerTask, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      EvalRow& row = batch.row(static_cast<int>(i));
      const uint64_t key = row.state->key();
      hash_logits(key, row.logits);
      const uint64_t bits = mix64(~key);
      row.value = static_cast<float>(static_cast<int>(bits & 0xffff) - 0x8000) * 0x1.0p-15f;
      row.score = static_cast<float>(static_cast<int>((bits >> 16) & 0xff) - 0x80) * 0.25f;
    }
  });
}

int HashEvaluator::preferred_rows() const { return kCheapRowsPerWave; }

RolloutEvaluator::RolloutEvaluator(int playouts, uint64_t seed) : playouts_(playouts), seed_(seed) {
  CHECK(playouts >= 1);
}

void RolloutEvaluator::submit(EvalBatch& batch, int rows) {
  CHECK(rows <= batch.capacity());
  if (scratch_.size() < static_cast<size_t>(rows)) scratch_.resize(static_cast<size_t>(rows));
  parallel_for(rows, [&](int64_t i) {
    judge(batch.row(static_cast<int>(i)), scratch_[static_cast<size_t>(i)]);
  });
}

int RolloutEvaluator::preferred_rows() const { return 4 * worker_count(); }

// `scratch` keeps its memory from row to row; it is made anew for another game or board.
void RolloutEvaluator::judge(EvalRow& row, std::unique_ptr<envs::State>& scratch) const {
  if (!scratch || scratch->spec().name != row.state->spec().name) scratch = row.state->clone();
  Rng rng(seed_, row.state->key());
  double value = 0.0;
  double score = 0.0;
  for (int i = 0; i < playouts_; ++i) {
    scratch->copy_from(*row.state);
    std::optional<envs::Outcome> outcome;
    while (!(outcome = scratch->outcome())) scratch->play(scratch->playout_move(rng));
    value += outcome->value;
    score += outcome->score;
  }
  const double sign = row.state->to_play() == envs::Player::kFirst ? 1.0 : -1.0;
  std::fill(row.logits.begin(), row.logits.end(), 0.0f);
  row.value = static_cast<float>(sign * value / playouts_);
  row.score = static_cast<float>(sign * score / playouts_);
}

}  // namespace tengen::search
