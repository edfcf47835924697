// drive over an evaluator that works while the CPU selects: two batches under way.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "nn/base/check.h"
#include "search/drive.h"
#include "search/stand_ins.h"
#include "tests/search/noughts.h"

namespace tengen::search {
namespace {

const DriveOptions kToTheEnd{.rows_per_wave = 16, .stop_when_decided = false, .stop = nullptr};

// Judges a batch only when it is waited for, as late as a device might.
class LateEvaluator : public Evaluator {
 public:
  explicit LateEvaluator(int fails_at = -1) : fails_at_(fails_at) {}

  void submit(EvalBatch& batch, int rows) override {
    ++submitted;
    under_way_.push_back({&batch, rows});
    most_under_way = std::max(most_under_way, static_cast<int>(under_way_.size()));
  }
  void wait(EvalBatch& batch) override {
    ASSERT_FALSE(under_way_.empty());
    ASSERT_EQ(under_way_.front().batch, &batch);  // in the order of submission
    const int rows = under_way_.front().rows;
    under_way_.pop_front();
    if (++waited == fails_at_) throw Error("the device fell off");
    judge_.submit(batch, rows);
    judge_.wait(batch);
  }
  int preferred_rows() const override { return 16; }
  int batches_under_way() const override { return 2; }
  bool idle() const { return under_way_.empty(); }

  int submitted = 0, waited = 0, most_under_way = 0;

 private:
  struct UnderWay {
    EvalBatch* batch;
    int rows;
  };
  HashEvaluator judge_;
  std::deque<UnderWay> under_way_;
  int fails_at_;
};

int children_visits(const Report& report) {
  int sum = 0;
  for (const MoveStats& move : report.moves) sum += move.visits;
  return sum;
}

TEST(Overlap, TwoBatchesAreUnderWayAndTheVisitsAreExact) {
  const Noughts root;
  for (const int visits : {1, 2, 17, 1000}) {
    Search search(root, {}, 1);
    LateEvaluator evaluator;
    drive(search, evaluator, {.visits = visits}, kToTheEnd);
    EXPECT_EQ(search.visits(), visits);
    EXPECT_EQ(children_visits(search.report()), visits - 1);
    EXPECT_TRUE(evaluator.idle());
    EXPECT_EQ(evaluator.waited, evaluator.submitted);
    if (visits == 1000) {
      EXPECT_EQ(evaluator.most_under_way, 2);
    }
    search.advance(0);  // would complain of rows under way
  }
}

TEST(Overlap, TimeEndsItWithNothingLeftUnderWay) {
  const Noughts root;
  Search search(root, {}, 1);
  LateEvaluator evaluator;
  drive(search, evaluator, {.visits = 0, .time_s = 0.01}, kToTheEnd);
  EXPECT_GE(search.visits(), 1);
  EXPECT_TRUE(evaluator.idle());
  EXPECT_EQ(children_visits(search.report()), search.visits() - 1);
}

TEST(Overlap, AFailureCancelsTheRowsOfBothBatches) {
  const Noughts root;
  for (const int fails_at : {1, 5, 6}) {
    Search search(root, {}, 1);
    LateEvaluator evaluator(fails_at);
    EXPECT_THROW(drive(search, evaluator, {.visits = 5000}, kToTheEnd), Error);
    EXPECT_TRUE(evaluator.idle());
    HashEvaluator good;
    drive(search, good, {.visits = 2000}, kToTheEnd);
    EXPECT_EQ(search.visits(), 2000);
    EXPECT_EQ(children_visits(search.report()), 1999);
  }
}

// Trees that play three moves each.
struct Movers {
  explicit Movers(int count) : moves(static_cast<size_t>(count)) {
    for (int i = 0; i < count; ++i) {
      owned.push_back(std::make_unique<Search>(Noughts(), SearchOptions{}, 1));
      trees.push_back(owned.back().get());
    }
  }
  int ready(int i) {
    const auto t = static_cast<size_t>(i);
    const Report report = trees[t]->report();
    EXPECT_EQ(report.visits, 40);
    EXPECT_EQ(children_visits(report), 39);
    moves[t].push_back(report.moves.at(0).action);
    if (moves[t].size() == 3) return 0;
    trees[t]->reset(Noughts());
    return 40;
  }
  std::vector<std::unique_ptr<Search>> owned;
  std::vector<Search*> trees;
  std::vector<std::vector<envs::Action>> moves;
};

// A tree stands in one group alone, so that what it plays does not depend on the overlap.
TEST(Overlap, ManyTreesTakeTurnsAndPlayWhatTheyPlayWithoutIt) {
  for (const int count : {1, 2, 7, 40}) {
    Movers late(count), prompt(count);
    LateEvaluator evaluator;
    HashEvaluator at_once;
    const std::vector<int> targets(static_cast<size_t>(count), 40);
    const DriveOptions one_a_tree{.rows_per_wave = 1};
    drive(
        late.trees, evaluator, [&](int i) { return late.ready(i); }, targets, one_a_tree);
    drive(
        prompt.trees, at_once, [&](int i) { return prompt.ready(i); }, targets, one_a_tree);
    EXPECT_EQ(late.moves, prompt.moves);
    EXPECT_EQ(evaluator.most_under_way, count > 1 ? 2 : 1);
    EXPECT_TRUE(evaluator.idle());
  }
}

TEST(Overlap, StoppingManyTreesLeavesNothingUnderWay) {
  Movers movers(8);
  LateEvaluator evaluator;
  std::atomic<bool> stop{false};
  const std::vector<int> targets(8, 40);
  drive(movers.trees, evaluator,
        [&](int) {
          stop = true;
          return 40;
        },
        targets, {.rows_per_wave = 1, .stop_when_decided = true, .stop = &stop});
  EXPECT_TRUE(evaluator.idle());
  for (Search* tree : movers.trees) tree->reset(Noughts());
}

}  // namespace
}  // namespace tengen::search
