#include "search/drive.h"

#include <gtest/gtest.h>

#include <thread>

#include "nn/base/check.h"
#include "search/stand_ins.h"
#include "tests/search/noughts.h"

namespace tengen::search {
namespace {

int children_visits(const Report& report) {
  int sum = 0;
  for (const MoveStats& move : report.moves) sum += move.visits;
  return sum;
}

const DriveOptions kToTheEnd{.rows_per_wave = 0, .stop_when_decided = false, .stop = nullptr};

TEST(Drive, ReachesTheVisitLimitExactly) {
  const Noughts root;
  for (const int rows : {1, 2, 7, 64}) {
    for (const int visits : {1, 2, 30, 777}) {
      Search search(root, {}, 1);
      HashEvaluator evaluator;
      drive(search, evaluator, {.visits = visits, .time_s = 0.0},
            {.rows_per_wave = rows, .stop_when_decided = false, .stop = nullptr});
      EXPECT_EQ(search.visits(), visits);
      EXPECT_EQ(children_visits(search.report()), visits - 1);
    }
  }
}

TEST(Drive, KeptVisitsCount) {
  const Noughts root;
  Search search(root, {}, 1);
  HashEvaluator evaluator;
  drive(search, evaluator, {.visits = 1000}, kToTheEnd);
  search.advance(search.report().moves[0].action);
  ASSERT_LT(search.visits(), 1000);
  drive(search, evaluator, {.visits = 1000}, kToTheEnd);
  EXPECT_EQ(search.visits(), 1000);
}

TEST(Drive, EndsWhereEverythingIsTerminal) {
  const Noughts root({0, 3, 1, 4});
  Search search(root, {}, 1);
  UniformEvaluator evaluator;
  drive(search, evaluator, {.visits = 20000}, kToTheEnd);
  EXPECT_EQ(search.visits(), 20000);
  const Noughts over({0, 3, 1, 4, 2});
  search.reset(over);
  drive(search, evaluator, {.visits = 50}, kToTheEnd);
  EXPECT_EQ(search.visits(), 50);
}

TEST(Drive, TimeEndsTheSearchAndTheRootIsJudgedAnyway) {
  const Noughts root;
  Search search(root, {}, 1);
  HashEvaluator evaluator;
  drive(search, evaluator, {.visits = 0, .time_s = 1e-9}, kToTheEnd);
  EXPECT_GE(search.visits(), 1);
  EXPECT_EQ(search.report().moves.size(), 9u);
  drive(search, evaluator, {.visits = 0, .time_s = 0.05}, kToTheEnd);
  EXPECT_GT(search.visits(), 10);
}

TEST(Drive, StopsWhenAnotherThreadSaysSo) {
  const Noughts root;
  Search search(root, {}, 1);
  HashEvaluator evaluator;
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (search.visits() < 100) std::this_thread::yield();
    stop = true;
  });
  drive(search, evaluator, {}, {.rows_per_wave = 4, .stop_when_decided = false, .stop = &stop});
  other.join();
  EXPECT_GE(search.visits(), 100);
}

TEST(Drive, WithoutAnyLimitThereMustBeAStop) {
  const Noughts root;
  Search search(root, {}, 1);
  HashEvaluator evaluator;
  EXPECT_THROW(drive(search, evaluator, {}), CheckFailure);
}

TEST(Drive, StopsEarlyOnlyWhenTheBestMoveCannotBeOvertaken) {
  const Noughts root({0, 3, 1, 4});
  UniformEvaluator evaluator;
  Search early(root, {}, 1);
  drive(early, evaluator, {.visits = 1000}, {.rows_per_wave = 1});
  const Search::Lead lead = early.lead();
  EXPECT_LT(early.visits(), 1000);
  EXPECT_GT(lead.first - lead.second, 1000 - early.visits());
  Search full(root, {}, 1);
  drive(full, evaluator, {.visits = 1000}, kToTheEnd);
  EXPECT_EQ(early.report().moves[0].action, full.report().moves[0].action);
}

TEST(Drive, ASingleMoveNeedsNoSearch) {
  const Noughts root({0, 1, 2, 4, 3, 5, 7, 6});
  Search search(root, {}, 1);
  UniformEvaluator evaluator;
  drive(search, evaluator, {.visits = 1000});
  EXPECT_EQ(search.visits(), 1);
  EXPECT_EQ(search.report().moves[0].action, 8);
}

// Fails on its n-th batch.
class FailingEvaluator : public UniformEvaluator {
 public:
  explicit FailingEvaluator(int good) : good_(good) {}
  void submit(EvalBatch& batch, int rows) override {
    if (good_-- == 0) throw Error("the device fell off");
    UniformEvaluator::submit(batch, rows);
  }

 private:
  int good_;
};

TEST(Drive, AnEvaluatorsErrorIsThrownAndTheTreeStaysSound) {
  const Noughts root;
  Search search(root, {}, 1);
  FailingEvaluator evaluator(20);
  EXPECT_THROW(drive(search, evaluator, {.visits = 5000}, kToTheEnd), Error);
  EXPECT_EQ(children_visits(search.report()), search.visits() - 1);
  UniformEvaluator good;
  drive(search, good, {.visits = 5000}, kToTheEnd);
  EXPECT_EQ(search.visits(), 5000);
  EXPECT_EQ(children_visits(search.report()), 4999);
  search.advance(4);  // would complain of rows under way
}

// Plays each tree's game to its end, several games a tree, and records what was played.
struct Games {
  Games(int count, uint64_t seed) {
    for (int i = 0; i < count; ++i) {
      owned.push_back(
          std::make_unique<Search>(Noughts(), SearchOptions{}, seed + static_cast<uint64_t>(i)));
      trees.push_back(owned.back().get());
    }
    played.resize(owned.size());
    left.assign(owned.size(), 3);
  }

  int ready(int i, int visits) {
    const auto t = static_cast<size_t>(i);
    Search& search = *trees[t];
    EXPECT_GE(search.visits(), visits);
    const Report report = search.report();
    EXPECT_EQ(children_visits(report), report.visits - 1);
    played[t].push_back(report.moves.at(0).action);
    search.advance(report.moves[0].action);
    if (search.root().outcome()) {
      if (--left[t] == 0) return 0;
      search.reset(Noughts());
    }
    return visits;
  }

  std::vector<std::unique_ptr<Search>> owned;
  std::vector<Search*> trees;
  std::vector<std::vector<envs::Action>> played;
  std::vector<int> left;
};

TEST(Drive, ManyTreesPlayTheirGames) {
  std::vector<std::vector<envs::Action>> played[2];
  for (auto& p : played) {
    Games games(70, 1);
    HashEvaluator evaluator;
    const std::vector<int> targets(games.trees.size(), 60);
    drive(games.trees, evaluator, [&](int i) { return games.ready(i, 60); }, targets,
          {.rows_per_wave = 70, .stop_when_decided = true, .stop = nullptr});
    for (const int left : games.left) EXPECT_EQ(left, 0);
    p = games.played;
  }
  EXPECT_EQ(played[0], played[1]);  // one leaf of a tree at a time: scheduling changes nothing
}

TEST(Drive, FewTreesShareTheRowsOfAWave) {
  Games games(3, 1);
  HashEvaluator evaluator;
  const std::vector<int> targets(games.trees.size(), 200);
  drive(games.trees, evaluator, [&](int i) { return games.ready(i, 200); }, targets,
        {.rows_per_wave = 16, .stop_when_decided = true, .stop = nullptr});
  for (const int left : games.left) EXPECT_EQ(left, 0);
}

TEST(Drive, ManyTreesStop) {
  Games games(4, 1);
  HashEvaluator evaluator;
  std::atomic<bool> stop{false};
  int calls = 0;
  const std::vector<int> targets(games.trees.size(), 10);
  drive(games.trees, evaluator,
        [&](int) {
          if (++calls == 6) stop = true;
          return 10 + 10 * calls;
        },
        targets, {.rows_per_wave = 0, .stop_when_decided = true, .stop = &stop});
  EXPECT_EQ(calls, 6);
}

}  // namespace
}  // namespace tengen::search
