// `tengen bench search`: how fast the search itself is, with an evaluator that costs next to
// nothing (search/stand_ins.h), on an empty 9x9 Go board.
#include <tbb/global_control.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "envs/games.h"
#include "nn/base/parallel.h"
#include "search/drive.h"
#include "search/stand_ins.h"
#include "tools/bench.h"

namespace tengen::tools {

namespace {

constexpr int kRounds = 3;
constexpr int kVisitsOfATree = 100000;  // one tree: searched to here, again and again
constexpr int kTrees = 128;             // many trees: like a self-play process,
constexpr int kVisitsOfAMove = 400;     // with so many visits a position

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::unique_ptr<envs::State> empty_board() { return envs::new_game("go:size=9"); }

// Visits a second of one tree, from an empty tree to kVisitsOfATree.
double one_tree_rate(double seconds) {
  const auto root = empty_board();
  search::HashEvaluator evaluator;
  search::Search search(*root, {}, 1);
  search::DriveOptions options;
  options.stop_when_decided = false;
  double visits = 0.0;
  const auto start = Clock::now();
  while (seconds_since(start) < seconds) {
    search.reset(*root);
    search::drive(search, evaluator, {.visits = kVisitsOfATree, .time_s = seconds}, options);
    visits += search.visits();
  }
  return visits / seconds_since(start);
}

// Visits a second of many small trees, each begun anew when it is full.
double many_trees_rate(double seconds) {
  const auto root = empty_board();
  search::HashEvaluator evaluator;
  search::SearchOptions options;
  options.memory_mib = 16;
  std::vector<std::unique_ptr<search::Search>> owned;
  std::vector<search::Search*> trees;
  for (int i = 0; i < kTrees; ++i) {
    owned.push_back(std::make_unique<search::Search>(*root, options, static_cast<uint64_t>(i)));
    trees.push_back(owned.back().get());
  }
  std::atomic<bool> stop{false};
  double visits = 0.0;
  const auto start = Clock::now();
  const auto on_ready = [&](int i) {
    visits += trees[static_cast<size_t>(i)]->visits();
    trees[static_cast<size_t>(i)]->reset(*root);
    stop = stop || seconds_since(start) >= seconds;
    return kVisitsOfAMove;
  };
  const std::vector<int> targets(trees.size(), kVisitsOfAMove);
  search::DriveOptions drive_options;
  drive_options.rows_per_wave = kTrees;
  drive_options.stop = &stop;
  search::drive(trees, evaluator, on_ready, targets, drive_options);
  for (const auto& tree : owned) visits += tree->visits();
  return visits / seconds_since(start);
}

double median_rate(double (*rate)(double), double seconds, int threads) {
  const tbb::global_control control(tbb::global_control::max_allowed_parallelism,
                                    static_cast<size_t>(threads));
  std::vector<double> rates;
  for (int i = 0; i < kRounds; ++i) rates.push_back(rate(seconds / kRounds));
  std::sort(rates.begin(), rates.end());
  return rates[kRounds / 2];
}

// Tree memory for each visit: a node and its edges.
double bytes_per_visit() {
  const auto root = empty_board();
  search::HashEvaluator evaluator;
  search::Search search(*root, {}, 1);
  search::drive(search, evaluator, {.visits = 20000}, {.stop_when_decided = false});
  return static_cast<double>(search.memory_bytes()) / search.visits();
}

}  // namespace

std::vector<Figure> bench_search(const BenchOptions& options) {
  const int threads = worker_count();
  const std::string all = ", " + std::to_string(threads) + " cores";
  std::vector<Figure> figures;
  const auto add = [&](const std::string& name, double (*rate)(double)) {
    const double one = median_rate(rate, options.seconds, 1);
    figures.push_back({name + ", one core", one, "visits/s"});
    if (threads == 1) return;
    const double more = median_rate(rate, options.seconds, threads);
    figures.push_back({name + all, more, "visits/s"});
    figures.push_back({name + ", speed-up", more / one, "times"});
  };
  add("one tree of 9x9 Go, hash evaluator", one_tree_rate);
  add(std::to_string(kTrees) + " trees of 9x9 Go, hash evaluator", many_trees_rate);
  figures.push_back({"a visited node", sizeof(search::Node), "bytes"});
  figures.push_back({"an edge", sizeof(search::Edge), "bytes"});
  figures.push_back({"a visit of 9x9 Go with all its edges", bytes_per_visit(), "bytes"});
  return figures;
}

}  // namespace tengen::tools
