// The cache: the same judgements as without it, and only new positions reach the evaluator.
#include <gtest/gtest.h>

#include "agents/net_evaluator.h"
#include "search/stand_ins.h"
#include "tests/agents/small_net.h"

namespace tengen::agents {
namespace {

// Counts what reaches the hash evaluator; results stand only after wait, as on a GPU.
class Counting : public search::Evaluator {
 public:
  void submit(search::EvalBatch& batch, int rows) override {
    rows_seen += rows;
    rows_under_way_ = rows;
    for (int i = 0; i < rows; ++i) batch.row(i).value = 77.0f;
  }
  void wait(search::EvalBatch& batch) override {
    hash_.submit(batch, rows_under_way_);
    hash_.wait(batch);
  }
  int preferred_rows() const override { return 16; }

  int rows_seen = 0;

 private:
  int rows_under_way_ = 0;
  search::HashEvaluator hash_;
};

void fill(search::EvalBatch& batch, int rows, uint64_t first_seed) {
  for (int i = 0; i < rows; ++i) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(i);
    batch.row(i).state->copy_from(*random_position("go:size=5", 4 + i % 5, seed));
  }
}

void expect_hash_judgements(const search::EvalBatch& batch, int rows) {
  search::HashEvaluator hash;
  for (int i = 0; i < rows; ++i) {
    search::EvalBatch one(*batch.row(i).state, 1);
    one.row(0).state->copy_from(*batch.row(i).state);
    hash.submit(one, 1);
    EXPECT_EQ(batch.row(i).logits, one.row(0).logits);
    EXPECT_EQ(batch.row(i).value, one.row(0).value);
    EXPECT_EQ(batch.row(i).score, one.row(0).score);
  }
}

TEST(CachedEvaluator, EqualsTheUncachedAndAsksOnce) {
  const auto start = envs::new_game("go:size=5");
  Counting inner;
  CachedEvaluator cached(inner, *start, 4);
  EXPECT_EQ(cached.preferred_rows(), 16);
  search::EvalBatch batch(*start, 20);
  fill(batch, 20, 100);
  for (int round = 0; round < 3; ++round) {
    cached.submit(batch, 20);
    cached.wait(batch);
    expect_hash_judgements(batch, 20);
  }
  EXPECT_GE(inner.rows_seen, 15);  // few of twenty random positions are the same
  EXPECT_LE(inner.rows_seen, 20);
  EXPECT_GE(cached.hit_rate(), 0.66);
}

TEST(CachedEvaluator, MixesKnownAndNewRows) {
  const auto start = envs::new_game("go:size=5");
  Counting inner;
  CachedEvaluator cached(inner, *start, 4);
  search::EvalBatch known(*start, 10), mixed(*start, 20);
  fill(known, 10, 100);
  cached.submit(known, 10);
  cached.wait(known);
  const int before = inner.rows_seen;
  fill(mixed, 20, 95);  // rows 5 to 14 play other lengths of the same games: mostly new
  for (int i = 0; i < 10; ++i) mixed.row(2 * i).state->copy_from(*known.row(i).state);
  cached.submit(mixed, 20);
  cached.wait(mixed);
  EXPECT_LE(inner.rows_seen - before, 10);
  expect_hash_judgements(mixed, 20);
}

TEST(CachedEvaluator, TwoBatchesMayBeUnderWay) {
  const auto start = envs::new_game("go:size=5");
  search::HashEvaluator inner;
  CachedEvaluator cached(inner, *start, 4);
  search::EvalBatch a(*start, 8), b(*start, 8);
  fill(a, 8, 1);
  fill(b, 8, 50);
  cached.submit(a, 8);
  cached.submit(b, 8);
  cached.wait(a);
  cached.wait(b);
  expect_hash_judgements(a, 8);
  expect_hash_judgements(b, 8);
}

TEST(CachedEvaluator, ClearForgets) {
  const auto start = envs::new_game("go:size=5");
  Counting inner;
  CachedEvaluator cached(inner, *start, 4);
  search::EvalBatch batch(*start, 1);
  fill(batch, 1, 100);
  for (int round = 0; round < 2; ++round) {
    cached.submit(batch, 1);
    cached.wait(batch);
    cached.clear();
  }
  EXPECT_EQ(inner.rows_seen, 2);
}

}  // namespace
}  // namespace tengen::agents
