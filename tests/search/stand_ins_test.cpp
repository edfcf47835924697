#include "search/stand_ins.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/search/noughts.h"

namespace tengen::search {
namespace {

// The contract of every Evaluator: the state is left alone, results are finite and in range, and
// a position's judgement does not depend on the batch around it.
void check_contract(Evaluator& evaluator) {
  EXPECT_GE(evaluator.preferred_rows(), 1);
  const Noughts positions[] = {Noughts(), Noughts({4}), Noughts({0, 4}), Noughts({0, 4, 8})};
  EvalBatch batch(positions[0], 100);
  for (int i = 0; i < 100; ++i) batch.row(i).state->copy_from(positions[i % 4]);
  evaluator.submit(batch, 100);
  evaluator.wait(batch);
  EvalBatch alone(positions[0], 1);
  for (int i = 0; i < 100; ++i) {
    EvalRow& row = batch.row(i);
    EXPECT_EQ(row.state->key(), positions[i % 4].key());
    ASSERT_EQ(row.logits.size(), 9u);
    for (const float logit : row.logits) EXPECT_TRUE(std::isfinite(logit));
    EXPECT_LE(std::abs(row.value), 1.0f);
    EXPECT_TRUE(std::isfinite(row.score));
    alone.row(0).state->copy_from(positions[i % 4]);
    evaluator.submit(alone, 1);
    evaluator.wait(alone);
    EXPECT_EQ(alone.row(0).logits, row.logits);
    EXPECT_EQ(alone.row(0).value, row.value);
    EXPECT_EQ(alone.row(0).score, row.score);
  }
}

TEST(StandIns, KeepTheContract) {
  UniformEvaluator uniform;
  check_contract(uniform);
  HashEvaluator hash;
  check_contract(hash);
  RolloutEvaluator rollout(3, 1);
  check_contract(rollout);
}

TEST(StandIns, HashTellsPositionsApart) {
  HashEvaluator evaluator;
  EvalBatch batch(Noughts(), 2);
  batch.row(1).state->play(0);
  evaluator.submit(batch, 2);
  EXPECT_NE(batch.row(0).value, batch.row(1).value);
  EXPECT_NE(batch.row(0).logits, batch.row(1).logits);
  EXPECT_NE(batch.row(0).logits[0], batch.row(0).logits[1]);
}

TEST(StandIns, RolloutsAreForThePlayerToMove) {
  // O to move; X has taken two lines at once, so that nearly every playout is X's.
  const Noughts lost({0, 3, 1, 7, 4});  // X wins at 2 and at 8
  RolloutEvaluator evaluator(400, 1);
  EvalBatch batch(lost, 1);
  evaluator.submit(batch, 1);
  EXPECT_LT(batch.row(0).value, -0.3f);
  EXPECT_FLOAT_EQ(batch.row(0).score, 10.0f * batch.row(0).value);
}

}  // namespace
}  // namespace tengen::search
