#include "nn/training/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

// Calls visit(row's scores, row's class) for every row.
template <class Visit>
void for_each_row(const Tensor& scores, const Tensor& classes, const Visit& visit) {
  if (scores.shape().rank() != 2 || classes.shape() != Shape{scores.shape()[0]})
    throw CheckFailure("metrics: expected scores [rows,n] and classes [rows], got " +
                       scores.shape().text() + " and " + classes.shape().text());
  const std::vector<float> values = scores.to_vector(), labels = classes.to_vector();
  const int64_t n = scores.shape()[1];
  for (size_t row = 0; row < labels.size(); ++row) {
    const auto label = static_cast<int64_t>(labels[row]);
    if (!(label >= 0 && label < n && static_cast<float>(label) == labels[row]))
      throw Error("metrics: row " + std::to_string(row) + ": class " + std::to_string(labels[row]) +
                  " where a whole number below " + std::to_string(n) + " is expected");
    visit(values.data() + static_cast<int64_t>(row) * n, label);
  }
}

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

ClassScores scores_of(double precision, double recall) {
  const double sum = precision + recall;
  return {precision, recall, sum == 0.0 ? 0.0 : 2.0 * precision * recall / sum};
}

}  // namespace

double accuracy(const Tensor& scores, const Tensor& classes) {
  return top_k_accuracy(scores, classes, 1);
}

double top_k_accuracy(const Tensor& scores, const Tensor& classes, int64_t k) {
  CHECK(k >= 1);
  int64_t right = 0, rows = 0;
  for_each_row(scores, classes, [&](const float* row, int64_t label) {
    int64_t larger = 0;
    for (int64_t j = 0; j < scores.shape()[1]; ++j)
      larger += row[j] > row[label] || (row[j] == row[label] && j < label);
    right += larger < k && !std::isnan(row[label]);
    ++rows;
  });
  return share(right, rows);
}

ConfusionMatrix::ConfusionMatrix(int64_t classes) : classes_(classes) {
  CHECK(classes > 0);
  counts_.resize(static_cast<size_t>(classes * classes));
}

void ConfusionMatrix::add(int64_t actual, int64_t predicted) {
  CHECK(0 <= actual);
  CHECK(actual < classes_);
  CHECK(0 <= predicted);
  CHECK(predicted < classes_);
  ++counts_[static_cast<size_t>(actual * classes_ + predicted)];
}

void ConfusionMatrix::add(const Tensor& scores, const Tensor& classes) {
  CHECK(scores.shape()[-1] == classes_);
  for_each_row(scores, classes, [&](const float* row, int64_t label) {
    add(label, std::max_element(row, row + classes_) - row);
  });
}

int64_t ConfusionMatrix::count(int64_t actual, int64_t predicted) const {
  return counts_[static_cast<size_t>(actual * classes_ + predicted)];
}

int64_t ConfusionMatrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), int64_t{0});
}

double ConfusionMatrix::accuracy() const {
  int64_t right = 0;
  for (int64_t c = 0; c < classes_; ++c) right += count(c, c);
  return share(right, total());
}

ClassScores ConfusionMatrix::scores(int64_t of_class) const {
  int64_t called = 0, are = 0;
  for (int64_t c = 0; c < classes_; ++c) {
    called += count(c, of_class);
    are += count(of_class, c);
  }
  const int64_t right = count(of_class, of_class);
  return scores_of(share(right, called), share(right, are));
}

ClassScores ConfusionMatrix::macro() const {
  ClassScores mean;
  for (int64_t c = 0; c < classes_; ++c) {
    const ClassScores one = scores(c);
    mean.precision += one.precision / static_cast<double>(classes_);
    mean.recall += one.recall / static_cast<double>(classes_);
    mean.f1 += one.f1 / static_cast<double>(classes_);
  }
  return mean;
}

// Every wrong row is one false positive and one false negative.
ClassScores ConfusionMatrix::micro() const { return scores_of(accuracy(), accuracy()); }

std::string ConfusionMatrix::text() const {
  const auto cell = [](const std::string& value) {
    return std::string(value.size() < 8 ? 8 - value.size() : 1, ' ') + value;
  };
  const auto number = [](double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%9.3f", value);
    return std::string(text);
  };
  std::string out = "  actual";
  for (int64_t c = 0; c < classes_; ++c) out += cell(std::to_string(c));
  out += "  precision recall   F1\n";
  for (int64_t a = 0; a < classes_; ++a) {
    out += cell(std::to_string(a));
    for (int64_t p = 0; p < classes_; ++p) out += cell(std::to_string(count(a, p)));
    const ClassScores s = scores(a);
    out += number(s.precision) + number(s.recall) + number(s.f1) + "\n";
  }
  return out;
}

void Perplexity::add(double mean_loss, int64_t tokens) {
  sum_ += mean_loss * static_cast<double>(tokens);
  tokens_ += tokens;
}

double Perplexity::value() const {
  return tokens_ == 0 ? 1.0 : std::exp(sum_ / static_cast<double>(tokens_));
}

}  // namespace tengen::nn
