#include "search/drive.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <vector>

#include "nn/base/check.h"
#include "search/wave.h"

namespace tengen::search {

namespace {

// Counts are 32 bits wide; a search without limit ends here.
constexpr int kMostVisits = 1 << 30;

bool stopped(const DriveOptions& options) {
  return options.stop && options.stop->load(std::memory_order_relaxed);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Whether the most visited move stays so if all `remaining` visits go to the second.
bool decided(const Search::Lead& lead, double remaining) {
  if (lead.moves == 0) return false;
  return lead.moves == 1 || lead.first - lead.second > remaining;
}

// When one tree has been searched enough.
class Enough {
 public:
  Enough(const Search& search, const Limits& limits, const DriveOptions& options)
      : search_(search),
        limits_(limits),
        options_(options),
        most_(limits.visits > 0 ? std::min(limits.visits, kMostVisits) : kMostVisits),
        kept_(search.visits()) {}

  // Visits that are still wanted, those under way included; 0 if the search is to end.
  int wanted() const {
    const int visits = search_.visits();
    if (visits >= most_) return 0;
    if (visits == 0) return most_;  // the root is judged in any case
    if (stopped(options_)) return 0;
    const double elapsed = seconds_since(start_);
    if (limits_.time_s > 0.0 && elapsed >= limits_.time_s) return 0;
    double remaining = most_ - visits;
    if (limits_.time_s > 0.0 && visits > kept_) {
      const double rate = (visits - kept_) / std::max(elapsed, 1e-9);
      remaining = std::min(remaining, rate * (limits_.time_s - elapsed));
    }
    if (options_.stop_when_decided && decided(search_.lead(), remaining)) return 0;
    return most_ - visits;
  }

 private:
  const Search& search_;
  const Limits& limits_;
  const DriveOptions& options_;
  const int most_;
  const int kept_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Some of the trees, whose leaves go to the evaluator together.
struct Group {
  Group(std::span<Search* const> trees, int first, Evaluator& evaluator, int leaves_per_tree)
      : trees(trees),
        first(first),
        budgets(trees.size()),
        wave(trees, evaluator, leaves_per_tree) {}

  const std::span<Search* const> trees;
  const int first;  // index of trees[0] among all
  std::vector<int> budgets;
  Wave wave;
};

int rows_of(const DriveOptions& options, const Evaluator& evaluator) {
  return std::max(1,
                  options.rows_per_wave > 0 ? options.rows_per_wave : evaluator.preferred_rows());
}

}  // namespace

// The waves take turns: while one is judged the next selects.
void drive(Search& search, Evaluator& evaluator, const Limits& limits,
           const DriveOptions& options) {
  const bool ends = limits.visits > 0 || limits.time_s > 0.0 || options.stop;
  CHECK(ends);
  const Enough enough(search, limits, options);
  Search* const tree = &search;
  const int depth = std::max(1, evaluator.batches_under_way());
  std::deque<Wave> waves;
  for (int i = 0; i < depth; ++i)
    waves.emplace_back(std::span(&tree, 1), evaluator, rows_of(options, evaluator), depth);

  int under_way = 0;
  for (size_t turn = 0;; turn = (turn + 1) % waves.size()) {
    Wave& wave = waves[turn];
    under_way -= wave.rows_under_way();
    wave.end();
    const int budget = enough.wanted() - under_way;
    if (budget > 0) wave.begin({&budget, 1});
    under_way += wave.rows_under_way();
    if (budget <= 0 && under_way == 0) return;
  }
}

// The trees are dealt to as many groups as batches may be under way, which take turns.
void drive(std::span<Search* const> trees, Evaluator& evaluator,
           const std::function<int(int index)>& on_ready, std::span<const int> first_targets,
           const DriveOptions& options) {
  CHECK(trees.size() == first_targets.size());
  if (trees.empty()) return;
  const size_t parts =
      std::clamp<size_t>(static_cast<size_t>(evaluator.batches_under_way()), 1, trees.size());
  std::deque<Group> groups;
  for (size_t i = 0; i < parts; ++i) {
    const size_t begin = trees.size() * i / parts, end = trees.size() * (i + 1) / parts;
    const int count = static_cast<int>(end - begin);
    groups.emplace_back(trees.subspan(begin, end - begin), static_cast<int>(begin), evaluator,
                        std::max(1, rows_of(options, evaluator) / count));
  }
  std::vector<int> targets(first_targets.begin(), first_targets.end());

  // Whether a tree of the group wants more; its next budgets stand then.
  const auto prepare = [&](Group& group) {
    bool busy = false;
    for (size_t t = 0; t < group.trees.size(); ++t) {
      const Search& tree = *group.trees[t];
      int& target = targets[static_cast<size_t>(group.first) + t];
      while (target > 0 && tree.visits() >= target) {
        target = on_ready(group.first + static_cast<int>(t));
        if (stopped(options)) return false;
      }
      group.budgets[t] = target > 0 ? target - tree.visits() : 0;
      busy = busy || group.budgets[t] > 0;
    }
    return busy;
  };
  // Each group in turn; those under way are ended also when all is to stop.
  for (size_t turn = 0, resting = 0; resting < groups.size(); turn = (turn + 1) % groups.size()) {
    Group& group = groups[turn];
    group.wave.end();
    const bool busy = !stopped(options) && prepare(group);
    if (busy) group.wave.begin(group.budgets);
    resting = busy ? 0 : resting + 1;
  }
}

}  // namespace tengen::search
