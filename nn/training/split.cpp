#include "nn/training/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "nn/base/check.h"
#include "nn/base/rng.h"

namespace tengen::nn {
namespace {

void shuffle(std::vector<int64_t>& rows, Rng& rng) {
  for (size_t i = rows.size(); i > 1; --i)
    std::swap(rows[i - 1], rows[rng.below(static_cast<uint32_t>(i))]);
}

// Shuffled rows: first the test, then the validation, the rest for training.
void deal(const std::vector<int64_t>& rows, const SplitShares& shares, Split& split) {
  const double count = static_cast<double>(rows.size());
  const auto test = static_cast<long>(std::llround(shares.test * count));
  const auto held =
      std::max(test, static_cast<long>(std::llround((shares.test + shares.validation) * count)));
  split.test.insert(split.test.end(), rows.begin(), rows.begin() + test);
  split.validation.insert(split.validation.end(), rows.begin() + test, rows.begin() + held);
  split.train.insert(split.train.end(), rows.begin() + held, rows.end());
}

Split sorted(Split split) {
  for (auto* part : {&split.train, &split.validation, &split.test})
    std::sort(part->begin(), part->end());
  return split;
}

void check_shares(const SplitShares& shares) {
  CHECK(shares.validation >= 0.0);
  CHECK(shares.test >= 0.0);
  CHECK(shares.validation + shares.test <= 1.0);
}

}  // namespace

Split split_rows(int64_t rows, const SplitShares& shares, uint64_t seed) {
  const std::vector<int64_t> one_class(static_cast<size_t>(rows));
  return split_stratified(one_class, shares, seed);
}

Split split_stratified(std::span<const int64_t> classes, const SplitShares& shares, uint64_t seed) {
  check_shares(shares);
  std::map<int64_t, std::vector<int64_t>> rows_of;
  for (size_t row = 0; row < classes.size(); ++row)
    rows_of[classes[row]].push_back(static_cast<int64_t>(row));
  Split split;
  uint64_t stream = 0;
  for (auto& [label, rows] : rows_of) {
    Rng rng(seed, stream++);
    shuffle(rows, rng);
    deal(rows, shares, split);
  }
  return sorted(std::move(split));
}

}  // namespace tengen::nn
