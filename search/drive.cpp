#include "search/drive.h"

#include <algorithm>
#include <chrono>
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

}  // namespace

void drive(Search& search, Evaluator& evaluator, const Limits& limits,
           const DriveOptions& options) {
  const bool ends = limits.visits > 0 || limits.time_s > 0.0 || options.stop;
  CHECK(ends);
  const auto start = std::chrono::steady_clock::now();
  const int most = limits.visits > 0 ? std::min(limits.visits, kMostVisits) : kMostVisits;
  const int kept = search.visits();
  const int rows = options.rows_per_wave > 0 ? options.rows_per_wave : evaluator.preferred_rows();
  Search* const tree = &search;
  Wave wave({&tree, 1}, evaluator, std::max(rows, 1));

  for (int visits = kept; visits < most; visits = search.visits()) {
    if (visits > 0) {
      if (stopped(options)) return;
      const double elapsed = seconds_since(start);
      if (limits.time_s > 0.0 && elapsed >= limits.time_s) return;
      double remaining = most - visits;
      if (limits.time_s > 0.0 && visits > kept) {
        const double rate = (visits - kept) / std::max(elapsed, 1e-9);
        remaining = std::min(remaining, rate * (limits.time_s - elapsed));
      }
      if (options.stop_when_decided && decided(search.lead(), remaining)) return;
    }
    const int budget = most - visits;
    wave.run({&budget, 1});
  }
}

void drive(std::span<Search* const> trees, Evaluator& evaluator,
           const std::function<int(int index)>& on_ready, std::span<const int> first_targets,
           const DriveOptions& options) {
  CHECK(trees.size() == first_targets.size());
  if (trees.empty()) return;
  const int count = static_cast<int>(trees.size());
  const int rows = options.rows_per_wave > 0 ? options.rows_per_wave : evaluator.preferred_rows();
  Wave wave(trees, evaluator, std::max(1, rows / count));
  std::vector<int> targets(first_targets.begin(), first_targets.end());
  std::vector<int> budgets(trees.size());

  while (!stopped(options)) {
    bool busy = false;
    for (int i = 0; i < count; ++i) {
      const auto t = static_cast<size_t>(i);
      while (targets[t] > 0 && trees[t]->visits() >= targets[t]) {
        targets[t] = on_ready(i);
        if (stopped(options)) return;
      }
      budgets[t] = targets[t] > 0 ? targets[t] - trees[t]->visits() : 0;
      busy = busy || budgets[t] > 0;
    }
    if (!busy) return;
    wave.run(budgets);
  }
}

}  // namespace tengen::search
