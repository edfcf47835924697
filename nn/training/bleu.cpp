#include "nn/training/bleu.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

using Counts = std::map<Sentence, int64_t>;

Counts ngrams(const Sentence& sentence, size_t n) {
  Counts counts;
  for (size_t i = 0; i + n <= sentence.size(); ++i)
    ++counts[Sentence(sentence.begin() + static_cast<long>(i),
                      sentence.begin() + static_cast<long>(i + n))];
  return counts;
}

// How many n-grams of the candidate some reference has, none more often than that reference.
int64_t clipped_matches(const Counts& candidate, const std::vector<Sentence>& references,
                        size_t n) {
  Counts most;
  for (const Sentence& reference : references)
    for (const auto& [ngram, count] : ngrams(reference, n))
      most[ngram] = std::max(most[ngram], count);
  int64_t matches = 0;
  for (const auto& [ngram, count] : candidate) {
    const auto found = most.find(ngram);
    if (found != most.end()) matches += std::min(count, found->second);
  }
  return matches;
}

size_t closest_length(size_t length, const std::vector<Sentence>& references) {
  const auto distance = [length](size_t other) {
    return other > length ? other - length : length - other;
  };
  size_t best = references.front().size();
  for (const Sentence& reference : references) {
    const size_t size = reference.size();
    if (distance(size) < distance(best) || (distance(size) == distance(best) && size < best))
      best = size;
  }
  return best;
}

}  // namespace

Bleu bleu(const std::vector<Sentence>& candidates,
          const std::vector<std::vector<Sentence>>& references, const BleuOptions& options) {
  CHECK(candidates.size() == references.size());
  CHECK(options.longest >= 1);
  double candidate_length = 0.0, reference_length = 0.0;
  std::vector<double> matches(options.longest), total(options.longest);
  for (size_t i = 0; i < candidates.size(); ++i) {
    CHECK(!references[i].empty());
    candidate_length += static_cast<double>(candidates[i].size());
    reference_length += static_cast<double>(closest_length(candidates[i].size(), references[i]));
    for (int n = 1; n <= options.longest; ++n) {
      const Counts counts = ngrams(candidates[i], static_cast<size_t>(n));
      for (const auto& [ngram, count] : counts) total[n - 1] += static_cast<double>(count);
      matches[n - 1] +=
          static_cast<double>(clipped_matches(counts, references[i], static_cast<size_t>(n)));
    }
  }
  Bleu out;
  out.brevity_penalty = candidate_length >= reference_length ? 1.0
                        : candidate_length == 0.0
                            ? 0.0
                            : std::exp(1.0 - reference_length / candidate_length);
  double log_mean = 0.0;
  for (int n = 1; n <= options.longest; ++n) {
    const double more = options.add_one && n > 1 ? 1.0 : 0.0;
    const double of = total[n - 1] + more;
    out.precisions.push_back(of == 0.0 ? 0.0 : (matches[n - 1] + more) / of);
    log_mean += std::log(out.precisions.back()) / options.longest;
  }
  out.score = out.brevity_penalty * std::exp(log_mean);  // log 0 makes it 0
  return out;
}

}  // namespace tengen::nn
