// Measures of a classifier and of a language model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/tensor.h"

namespace tengen::nn {

// Share of the rows of scores [rows,n] whose class [rows] has the largest score, or one of the k
// largest; of equal scores the lower class number counts as larger. 0 for no rows. A class out of
// range is an Error that names the row.
double accuracy(const Tensor& scores, const Tensor& classes);
double top_k_accuracy(const Tensor& scores, const Tensor& classes, int64_t k);

struct ClassScores {
  double precision = 0.0;  // right ones among those called so
  double recall = 0.0;     // found ones among those that are so
  double f1 = 0.0;         // harmonic mean of the two
};

// Counts of (actual, predicted) classes over any number of batches. A share of nothing is 0.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(int64_t classes);
  void add(int64_t actual, int64_t predicted);            // CheckFailure out of range
  void add(const Tensor& scores, const Tensor& classes);  // [rows,n], [rows]
  int64_t count(int64_t actual, int64_t predicted) const;
  int64_t total() const;
  double accuracy() const;
  ClassScores scores(int64_t of_class) const;
  ClassScores macro() const;  // means over the classes
  ClassScores micro() const;  // of all decisions together: with one class a row all three are equal
  // A table with a row for each actual class and its scores.
  std::string text() const;

 private:
  int64_t classes_;
  std::vector<int64_t> counts_;  // [actual][predicted]
};

// exp of the mean loss in nats over all tokens.
class Perplexity {
 public:
  void add(double mean_loss, int64_t tokens);
  double value() const;  // 1 before any token

 private:
  double sum_ = 0.0;
  int64_t tokens_ = 0;
};

}  // namespace tengen::nn
