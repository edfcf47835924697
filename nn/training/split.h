// Rows of a data set, dealt out to training, validation and test.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tengen::nn {

struct SplitShares {
  double validation = 0.1;
  double test = 0.1;  // the rest is for training
};

// Row numbers, each in exactly one part, ascending.
struct Split {
  std::vector<int64_t> train, validation, test;
};

// At random, the same for the same seed on every machine. Sizes are the shares, rounded.
Split split_rows(int64_t rows, const SplitShares& shares, uint64_t seed);
// The same within every class, so that each part holds all classes in their proportions; row i is
// of class classes[i], any numbers.
Split split_stratified(std::span<const int64_t> classes, const SplitShares& shares, uint64_t seed);

}  // namespace tengen::nn
