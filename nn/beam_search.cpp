#include "nn/beam_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

double length_factor(int64_t length, const BeamOptions& options) {
  return std::pow((5.0 + static_cast<double>(length)) / 6.0, options.length_penalty);
}

// One more token for hypothesis `parent`.
struct Continuation {
  int64_t parent;
  int32_t token;
  double log_probability;  // of all tokens
};

bool likelier(const Continuation& a, const Continuation& b) {
  return a.log_probability > b.log_probability;
}

// The likeliest `count` of all continuations, the likeliest first.
std::vector<Continuation> best_continuations(const std::vector<Hypothesis>& open,
                                             const Tensor& log_p, size_t count,
                                             const BeamOptions& options) {
  CHECK(log_p.shape().rank() == 2);
  CHECK(log_p.shape()[0] == static_cast<int64_t>(open.size()));
  const auto tokens = static_cast<size_t>(log_p.shape()[1]);
  const std::vector<float> values = log_p.to_vector();
  std::vector<Continuation> best;
  std::vector<int32_t> order(tokens);
  for (size_t k = 0; k < open.size(); ++k) {
    const std::span<const float> row = std::span(values).subspan(k * tokens, tokens);
    std::iota(order.begin(), order.end(), 0);
    for (const int32_t token : options.never) std::erase(order, token);
    const auto middle = order.begin() + static_cast<long>(std::min(count, order.size()));
    std::partial_sort(order.begin(), middle, order.end(),
                      [&](int32_t a, int32_t b) { return row[a] > row[b]; });
    for (auto token = order.begin(); token != middle; ++token)
      best.push_back({static_cast<int64_t>(k), *token, open[k].log_probability + row[*token]});
    order.resize(tokens);
  }
  std::stable_sort(best.begin(), best.end(), likelier);
  if (best.size() > count) best.resize(count);
  return best;
}

void add_whole(std::vector<Hypothesis>& whole, Hypothesis hypothesis, int64_t length,
               const BeamOptions& options) {
  hypothesis.score = hypothesis.log_probability / length_factor(length, options);
  const auto place =
      std::upper_bound(whole.begin(), whole.end(), hypothesis,
                       [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; });
  whole.insert(place, std::move(hypothesis));
}

// Whether an open hypothesis would be the best if it had so many tokens, its end counted, at no
// cost.
bool leads_at(int64_t length, const std::vector<Hypothesis>& open,
              const std::vector<Hypothesis>& whole, const BeamOptions& options) {
  const double factor = length_factor(length, options);
  return std::any_of(open.begin(), open.end(), [&](const Hypothesis& hypothesis) {
    return hypothesis.log_probability / factor > whole.front().score;
  });
}

// A probability only falls as tokens come, and the longest are divided by most.
bool is_decided(int64_t length, const std::vector<Hypothesis>& open,
                const std::vector<Hypothesis>& whole, const BeamOptions& options) {
  if (whole.empty()) return false;
  const bool enough = static_cast<int64_t>(whole.size()) >= options.width;
  return !leads_at(enough ? length : options.longest + 1, open, whole, options);
}

}  // namespace

std::vector<Hypothesis> beam_search(const BeamStep& step, const BeamOptions& options) {
  CHECK(options.width > 0);
  CHECK(options.longest > 0);
  CHECK(options.length_penalty >= 0);
  const auto width = static_cast<size_t>(options.width);
  std::vector<Hypothesis> open(1), whole;
  std::vector<int64_t> parents = {0};
  std::vector<int32_t> tokens = {options.begin};
  for (int64_t length = 0; length < options.longest && !open.empty(); ++length) {
    // Ends leave the beam, so that twice as many are enough to fill it again.
    const std::vector<Continuation> best =
        best_continuations(open, step(parents, tokens), 2 * width, options);
    std::vector<Hypothesis> next;
    parents.clear();
    tokens.clear();
    for (size_t rank = 0; rank < best.size() && next.size() < width; ++rank) {
      const Continuation& one = best[rank];
      Hypothesis hypothesis{open[one.parent].tokens, one.log_probability, 0.0};
      if (one.token == options.end) {
        if (rank < width) add_whole(whole, std::move(hypothesis), length + 1, options);
        continue;
      }
      hypothesis.tokens.push_back(one.token);
      parents.push_back(one.parent);
      tokens.push_back(one.token);
      next.push_back(std::move(hypothesis));
    }
    open = std::move(next);
    if (is_decided(length + 1, open, whole, options)) open.clear();
  }
  for (Hypothesis& cut : open) {
    const auto length = static_cast<int64_t>(cut.tokens.size());
    add_whole(whole, std::move(cut), length, options);
  }
  if (whole.size() > width) whole.resize(width);
  return whole;
}

}  // namespace tengen::nn
