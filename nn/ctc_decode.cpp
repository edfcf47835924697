#include "nn/ctc_decode.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>

#include "nn/base/check.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

double log_sum(double a, double b) {
  const double most = std::max(a, b);
  return most == kNever ? kNever : most + std::log1p(std::exp(std::min(a, b) - most));
}

// Calls f(row, steps, log_probs [steps, classes]) for every row.
template <class F>
void for_each_row(const Tensor& logits, const CtcOptions& options, const F& f) {
  if (logits.shape().rank() != 3) wrong_shape("ctc decoding", "logits [N,T,C]", logits.shape());
  const int64_t rows = logits.shape()[0], steps = logits.shape()[1], classes = logits.shape()[2];
  CHECK(options.blank >= 0);
  CHECK(options.blank < classes);
  if (!options.lengths.empty()) CHECK(static_cast<int64_t>(options.lengths.size()) == rows);
  Tensor log_probs = Tensor::uninitialized(logits.shape(), logits.device());
  logits.device().log_softmax(rows * steps, classes, logits.data(), log_probs.data());
  const std::vector<float> values = log_probs.to_vector();
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t length = options.lengths.empty() ? steps : options.lengths[row];
    CHECK(length >= 0);
    CHECK(length <= steps);
    f(row, length, values.data() + row * steps * classes);
  }
}

// The log probabilities of a prefix: of its alignments that end in a blank, and the others.
struct Endings {
  double blank = kNever, label = kNever;
  double total() const { return log_sum(blank, label); }
};
using Beam = std::map<std::vector<int32_t>, Endings>;

Beam extended(const Beam& beam, std::span<const float> log_probs, int32_t blank) {
  Beam next;
  for (const auto& [prefix, endings] : beam)
    for (int32_t c = 0; c < static_cast<int32_t>(log_probs.size()); ++c) {
      const double p = log_probs[c];
      Endings& same = next[prefix];
      if (c == blank) {
        same.blank = log_sum(same.blank, endings.total() + p);
        continue;
      }
      const bool repeats = !prefix.empty() && prefix.back() == c;
      if (repeats) same.label = log_sum(same.label, endings.label + p);
      std::vector<int32_t> longer = prefix;
      longer.push_back(c);
      Endings& one_more = next[longer];
      one_more.label = log_sum(one_more.label, (repeats ? endings.blank : endings.total()) + p);
    }
  return next;
}

// The best `width`, best first; equally likely ones in the order of their labels.
std::vector<CtcHypothesis> best_of(const Beam& beam, int width) {
  std::vector<CtcHypothesis> found;
  for (const auto& [prefix, endings] : beam) found.push_back({prefix, endings.total()});
  std::stable_sort(found.begin(), found.end(), [](const CtcHypothesis& a, const CtcHypothesis& b) {
    return a.log_probability > b.log_probability;
  });
  if (static_cast<int>(found.size()) > width) found.resize(width);
  return found;
}

}  // namespace

std::vector<std::vector<int32_t>> ctc_greedy(const Tensor& logits, const CtcOptions& options) {
  std::vector<std::vector<int32_t>> decoded;
  const int64_t classes = logits.shape()[-1];
  for_each_row(logits, options, [&](int64_t, int64_t steps, const float* log_probs) {
    std::vector<int32_t>& labels = decoded.emplace_back();
    int32_t before = options.blank;
    for (int64_t t = 0; t < steps; ++t) {
      const float* p = log_probs + t * classes;
      const int32_t best = static_cast<int32_t>(std::max_element(p, p + classes) - p);
      if (best != before && best != options.blank) labels.push_back(best);
      before = best;
    }
  });
  return decoded;
}

std::vector<std::vector<CtcHypothesis>> ctc_beam(const Tensor& logits, int width,
                                                 const CtcOptions& options) {
  CHECK(width > 0);
  std::vector<std::vector<CtcHypothesis>> decoded;
  const int64_t classes = logits.shape()[-1];
  for_each_row(logits, options, [&](int64_t, int64_t steps, const float* log_probs) {
    Beam beam{{{}, {0.0, kNever}}};
    for (int64_t t = 0; t < steps; ++t) {
      const Beam longer =
          extended(beam, {log_probs + t * classes, static_cast<size_t>(classes)}, options.blank);
      beam.clear();
      for (const CtcHypothesis& kept : best_of(longer, width))
        beam[kept.labels] = longer.at(kept.labels);
    }
    decoded.push_back(best_of(beam, width));
  });
  return decoded;
}

}  // namespace tengen::nn
