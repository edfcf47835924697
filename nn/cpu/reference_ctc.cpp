// Connectionist temporal classification (Graves et al. 2006, section 4.1), in logarithms.
//
// A row's labels with a blank before, between and after them make 2 L + 1 places; an alignment
// walks over them, staying, stepping to the next place, or jumping over a blank between two
// different labels. forward[t][s] is the log probability of all walks that stand on s after step
// t, its emission included; backward[t][s] that of all ends of walks from there, without it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "nn/cpu/reference_device.h"

namespace tengen::nn {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

double log_sum(double a, double b) {
  const double most = std::max(a, b);
  return most == kNever ? kNever : most + std::log1p(std::exp(std::min(a, b) - most));
}

class Alignments {
 public:
  Alignments(int64_t steps, int64_t classes, int32_t blank, const int32_t* labels, int64_t count,
             const float* log_probs)
      : steps_(steps), classes_(classes), places_(2 * count + 1, blank), log_probs_(log_probs) {
    for (int64_t i = 0; i < count; ++i) places_[2 * i + 1] = labels[i];
    walk_forward();
  }

  // ln p(labels); one row of no steps is the empty sequence.
  double log_probability() const {
    if (steps_ == 0) return places_.size() == 1 ? 0.0 : kNever;
    return places_.size() == 1
               ? forward(steps_ - 1, 0)
               : log_sum(forward(steps_ - 1, last()), forward(steps_ - 1, last() - 1));
  }

  // -d ln p / d log_probs, added to gradient [steps, classes].
  void add_gradient(float* gradient) const {
    const double total = log_probability();
    std::vector<double> backward(places_.size(), kNever), next;
    backward[last()] = 0.0;
    if (last() > 0) backward[last() - 1] = 0.0;
    for (int64_t t = steps_; t-- > 0;) {
      for (int64_t s = 0; s <= last(); ++s)
        gradient[t * classes_ + places_[s]] -=
            static_cast<float>(std::exp(forward(t, s) + backward[s] - total));
      next = backward;
      for (int64_t s = 0; s <= last(); ++s) next[s] += emission(t, s);
      for (int64_t s = 0; s <= last(); ++s) {
        double sum = next[s];
        if (s + 1 <= last()) sum = log_sum(sum, next[s + 1]);
        if (s + 2 <= last() && may_jump_to(s + 2)) sum = log_sum(sum, next[s + 2]);
        backward[s] = sum;
      }
    }
  }

 private:
  int64_t last() const { return static_cast<int64_t>(places_.size()) - 1; }
  double emission(int64_t t, int64_t s) const { return log_probs_[t * classes_ + places_[s]]; }
  double forward(int64_t t, int64_t s) const { return forward_[t * (last() + 1) + s]; }
  // Odd places are labels.
  bool may_jump_to(int64_t s) const { return s % 2 == 1 && places_[s] != places_[s - 2]; }

  void walk_forward() {
    forward_.assign(steps_ * (last() + 1), kNever);
    for (int64_t t = 0; t < steps_; ++t)
      for (int64_t s = 0; s <= last(); ++s) {
        double sum = kNever;
        if (t == 0) {
          if (s <= 1) sum = 0.0;
        } else {
          sum = forward(t - 1, s);
          if (s >= 1) sum = log_sum(sum, forward(t - 1, s - 1));
          if (s >= 2 && may_jump_to(s)) sum = log_sum(sum, forward(t - 1, s - 2));
        }
        forward_[t * (last() + 1) + s] = sum + emission(t, s);
      }
  }

  int64_t steps_, classes_;
  std::vector<int32_t> places_;
  const float* log_probs_;
  std::vector<double> forward_;
};

}  // namespace

void ReferenceDevice::ctc(const CtcShape& s, const float* log_probs, float* loss, float* gradient) {
  const int64_t size = s.steps * s.classes;
  if (gradient) std::fill_n(gradient, s.rows * size, float{0});
  const int32_t* labels = s.labels;
  for (int64_t row = 0; row < s.rows; labels += s.label_counts[row++]) {
    const Alignments alignments(s.lengths[row], s.classes, s.blank, labels, s.label_counts[row],
                                log_probs + row * size);
    const double log_probability = alignments.log_probability();
    loss[row] = static_cast<float>(-log_probability);
    if (gradient && log_probability != kNever) alignments.add_gradient(gradient + row * size);
  }
}

}  // namespace tengen::nn
