#include "search/search.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "search/drive.h"
#include "search/stand_ins.h"
#include "tests/search/noughts.h"

namespace tengen::search {
namespace {

int children_visits(const Report& report) {
  int sum = 0;
  for (const MoveStats& move : report.moves) sum += move.visits;
  return sum;
}

const MoveStats& find(const Report& report, envs::Action action) {
  for (const MoveStats& move : report.moves) {
    if (move.action == action) return move;
  }
  throw CheckFailure("no such move");
}

// One row at a time, by hand: what drive does, without any parallelism.
void search_serially(Search& search, Evaluator& evaluator, int visits) {
  EvalBatch batch(search.root(), 1);
  while (search.visits() < visits) {
    if (search.select(batch.row(0)) != SelectResult::kRow) continue;
    evaluator.submit(batch, 1);
    evaluator.wait(batch);
    search.absorb(batch.row(0));
  }
}

TEST(Search, FindsMateInOne) {
  const Noughts root({0, 3, 1, 4});  // X: 0 1, O: 3 4; X wins at 2
  Search search(root, {}, 1);
  UniformEvaluator evaluator;
  search_serially(search, evaluator, 200);
  const Report report = search.report();
  EXPECT_EQ(report.moves[0].action, 2);
  EXPECT_FLOAT_EQ(report.moves[0].value, 1.0f);
  EXPECT_FLOAT_EQ(report.moves[0].score, 10.0f);
  EXPECT_GT(report.value, 0.8f);
  EXPECT_EQ(report.principal_variation, std::vector<envs::Action>{2});
}

TEST(Search, SeesItFromTheSideOfTheSecondPlayer) {
  const Noughts root({0, 3, 1, 4, 8});  // O to move wins at 5
  Search search(root, {}, 1);
  UniformEvaluator evaluator;
  search_serially(search, evaluator, 200);
  const Report report = search.report();
  EXPECT_EQ(report.moves[0].action, 5);
  EXPECT_FLOAT_EQ(report.moves[0].value, 1.0f);
  EXPECT_FLOAT_EQ(report.moves[0].score, 10.0f);
}

TEST(Search, FindsTheOnlyDefence) {
  const Noughts root({0, 4, 1});  // X threatens 2
  Search search(root, {}, 1);
  UniformEvaluator evaluator;
  search_serially(search, evaluator, 2000);
  EXPECT_EQ(search.report().moves[0].action, 2);
}

TEST(Search, KnowsThatTheGameIsDrawn) {
  const Noughts root;
  Search search(root, {}, 1);
  UniformEvaluator evaluator;
  search_serially(search, evaluator, 30000);
  EXPECT_NEAR(search.report().value, 0.0f, 0.1f);
}

TEST(Search, VisitsOfMovesAddUp) {
  const Noughts root;
  Search search(root, {}, 1);
  HashEvaluator evaluator;
  search_serially(search, evaluator, 1);
  EXPECT_EQ(search.report().visits, 1);
  EXPECT_EQ(search.report().moves.size(), 9u);
  EXPECT_EQ(children_visits(search.report()), 0);
  search_serially(search, evaluator, 500);
  EXPECT_EQ(search.visits(), 500);
  EXPECT_EQ(children_visits(search.report()), 499);
}

TEST(Search, MovesAreOrderedByVisitsThenPriorThenAction) {
  const Noughts root;
  for (const int visits : {1, 5, 300}) {
    Search search(root, {}, 1);
    UniformEvaluator evaluator;
    search_serially(search, evaluator, visits);
    const Report report = search.report();
    for (size_t i = 1; i < report.moves.size(); ++i) {
      const MoveStats& a = report.moves[i - 1];
      const MoveStats& b = report.moves[i];
      EXPECT_TRUE(a.visits > b.visits || (a.visits == b.visits && a.action < b.action));
    }
    const Search::Lead lead = search.lead();
    EXPECT_EQ(lead.first, report.moves[0].visits);
    EXPECT_EQ(lead.second, report.moves[1].visits);
    EXPECT_EQ(lead.moves, 9);
  }
}

TEST(Search, IsTheSameEveryTime) {
  const Noughts root({4});
  std::vector<int> visits[2];
  for (auto& v : visits) {
    Search search(root, {}, 1);
    HashEvaluator evaluator;
    search_serially(search, evaluator, 1000);
    for (const MoveStats& move : search.report().moves) v.push_back(move.visits);
  }
  EXPECT_EQ(visits[0], visits[1]);
}

TEST(Search, CollidesWithTheRowUnderWayAndCancels) {
  const Noughts root;
  Search search(root, {}, 1);
  EvalBatch batch(root, 2);
  ASSERT_EQ(search.select(batch.row(0)), SelectResult::kRow);
  EXPECT_EQ(search.select(batch.row(1)), SelectResult::kCollision);
  EXPECT_EQ(search.visits(), 0);
  search.cancel(batch.row(0));
  EXPECT_EQ(search.visits(), 0);
  UniformEvaluator evaluator;
  search_serially(search, evaluator, 50);
  EXPECT_EQ(children_visits(search.report()), 49);
}

TEST(Search, PendingRowsSpreadOverTheMoves) {
  const Noughts root;
  Search search(root, {}, 1);
  UniformEvaluator evaluator;
  search_serially(search, evaluator, 1);
  EvalBatch batch(root, 9);
  for (int i = 0; i < 9; ++i) ASSERT_EQ(search.select(batch.row(i)), SelectResult::kRow);
  evaluator.submit(batch, 9);
  for (int i = 0; i < 9; ++i) search.absorb(batch.row(i));
  for (const MoveStats& move : search.report().moves) EXPECT_EQ(move.visits, 1);
}

TEST(Search, AdvanceKeepsTheSubtree) {
  const Noughts root;
  Search search(root, {}, 1);
  HashEvaluator evaluator;
  search_serially(search, evaluator, 3000);
  const Report before = search.report();
  const MoveStats best = before.moves[0];
  search.advance(best.action);
  const Report after = search.report();
  EXPECT_EQ(after.visits, best.visits);
  EXPECT_FLOAT_EQ(after.value, -best.value);  // now the other player's
  EXPECT_EQ(children_visits(after), best.visits - 1);
  EXPECT_EQ(std::vector<envs::Action>(before.principal_variation.begin() + 1,
                                      before.principal_variation.end()),
            after.principal_variation);
  EXPECT_EQ(search.root().to_play(), envs::Player::kSecond);
  search_serially(search, evaluator, best.visits + 100);
  EXPECT_EQ(children_visits(search.report()), best.visits + 99);
}

TEST(Search, AdvanceToAMoveNeverTriedStartsAfresh) {
  const Noughts root;
  Search search(root, {}, 1);
  search.advance(4);
  EXPECT_EQ(search.visits(), 0);
  EXPECT_TRUE(search.report().moves.empty());
  UniformEvaluator evaluator;
  search_serially(search, evaluator, 10);
  EXPECT_EQ(search.report().moves.size(), 8u);
}

TEST(Search, MemoryIsUsedAgain) {
  const Noughts root;
  Search search(root, {}, 1);
  HashEvaluator evaluator;
  const size_t empty = search.memory_bytes();
  std::vector<size_t> held;
  for (int i = 0; i < 6; ++i) {
    search_serially(search, evaluator, 5000);
    search.advance(4);
    search.reset(root);
    EXPECT_EQ(search.visits(), 0);
    held.push_back(search.memory_bytes());
  }
  EXPECT_GT(held[0], empty);
  // Both halves have been filled once by then.
  for (size_t i = 2; i < held.size(); ++i) EXPECT_EQ(held[i], held[1]);
}

TEST(Search, AnotherMemoryLimitCountsFromTheNextRoot) {
  const Noughts root;
  SearchOptions options;
  options.cpuct = 20.0f;
  Search search(root, options, 1);
  HashEvaluator evaluator;
  search_serially(search, evaluator, 30000);
  EXPECT_GT(search.memory_bytes(), size_t{1} << 20);
  options.memory_mib = 1;
  search.set_options(options);
  search.reset(root);
  search.reset(root);
  search_serially(search, evaluator, 30000);
  EXPECT_LE(search.memory_bytes(), size_t{1} << 20);
}

TEST(Search, AFullTreeGoesOnSearching) {
  const Noughts root;
  SearchOptions options;
  options.memory_mib = 1;
  options.cpuct = 20.0f;  // wide, so that the 1 MiB is used up
  Search search(root, options, 1);
  HashEvaluator evaluator;
  search_serially(search, evaluator, 60000);
  EXPECT_EQ(search.visits(), 60000);
  EXPECT_LE(search.memory_bytes(), size_t{1} << 19);
  EXPECT_GT(search.memory_bytes(), size_t{1} << 18);
  EXPECT_EQ(children_visits(search.report()), 59999);
  // After advance there is room again, and the counts go on.
  const envs::Action best = search.report().moves[0].action;
  const int kept = search.report().moves[0].visits;
  search.advance(best);
  EXPECT_EQ(search.visits(), kept);
  search_serially(search, evaluator, kept + 5000);
  EXPECT_EQ(search.visits(), kept + 5000);
  EXPECT_LE(search.memory_bytes(), size_t{1} << 20);
}

TEST(Search, AFinishedGameCountsAtOnce) {
  const Noughts over({0, 3, 1, 4, 2});
  Search search(over, {}, 1);
  EvalBatch batch(over, 1);
  EXPECT_EQ(search.select(batch.row(0)), SelectResult::kTerminal);
  EXPECT_EQ(search.select(batch.row(0)), SelectResult::kTerminal);
  EXPECT_EQ(search.visits(), 2);
  EXPECT_FLOAT_EQ(search.report().value, -1.0f);  // O to move has lost
  EXPECT_TRUE(search.report().moves.empty());
}

// Judges with whatever it is given.
class ConstantEvaluator : public Evaluator {
 public:
  ConstantEvaluator(float logit, float value) : logit_(logit), value_(value) {}
  void submit(EvalBatch& batch, int rows) override {
    for (int i = 0; i < rows; ++i) {
      batch.row(i).logits.assign(9, logit_);
      batch.row(i).value = value_;
      batch.row(i).score = value_;
    }
  }
  void wait(EvalBatch&) override {}
  int preferred_rows() const override { return 1; }

 private:
  float logit_;
  float value_;
};

TEST(Search, StandsAnEvaluatorThatReturnsNonsense) {
  const Noughts root;
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30f}) {
    Search search(root, {}, 1);
    ConstantEvaluator evaluator(bad, bad);
    search_serially(search, evaluator, 300);
    const Report report = search.report();
    EXPECT_EQ(children_visits(report), 299);
    EXPECT_LE(std::abs(report.value), 1.0f);
    EXPECT_NEAR(find(report, 4).prior, 1.0f / 9.0f, 1e-6f);
  }
}

TEST(Search, NoiseMovesVisitsButNotTheReportedPriors) {
  const Noughts root;
  SearchOptions options;
  options.noise_fraction = 0.9f;
  options.dirichlet_alpha_total = 0.5f;
  UniformEvaluator evaluator;
  std::vector<int> visits[3];
  const uint64_t seeds[3] = {1, 1, 2};
  for (int i = 0; i < 3; ++i) {
    Search search(root, options, seeds[i]);
    search_serially(search, evaluator, 100);
    const Report report = search.report();
    for (envs::Action a = 0; a < 9; ++a) {
      visits[i].push_back(find(report, a).visits);
      EXPECT_NEAR(find(report, a).prior, 1.0f / 9.0f, 1e-6f);
    }
  }
  EXPECT_EQ(visits[0], visits[1]);
  EXPECT_NE(visits[0], visits[2]);
}

TEST(Search, NoiseIsDrawnAnewForEveryRoot) {
  const Noughts root;
  SearchOptions options;
  options.noise_fraction = 0.9f;
  options.dirichlet_alpha_total = 0.5f;
  UniformEvaluator evaluator;
  Search search(root, options, 1);
  std::vector<int> visits[2];
  for (auto& v : visits) {
    search.reset(root);
    search_serially(search, evaluator, 100);
    for (envs::Action a = 0; a < 9; ++a) v.push_back(find(search.report(), a).visits);
  }
  EXPECT_NE(visits[0], visits[1]);
}

}  // namespace
}  // namespace tengen::search
