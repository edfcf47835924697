#include "agents/precision_cost.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"

namespace tengen::agents {
namespace {

// ln of the sum of exponentials.
double log_partition(std::span<const float> logits, std::span<const envs::Action> legal) {
  double most = logits[static_cast<size_t>(legal[0])];
  for (const envs::Action action : legal)
    most = std::max<double>(most, logits[static_cast<size_t>(action)]);
  double sum = 0.0;
  for (const envs::Action action : legal)
    sum += std::exp(logits[static_cast<size_t>(action)] - most);
  return most + std::log(sum);
}

envs::Action likeliest(std::span<const float> logits, std::span<const envs::Action> legal) {
  return *std::max_element(legal.begin(), legal.end(), [&](envs::Action a, envs::Action b) {
    return logits[static_cast<size_t>(a)] < logits[static_cast<size_t>(b)];
  });
}

class Average {
 public:
  void add(double x) {
    sum_ += x;
    worst_ = std::max(worst_, x);
    ++count_;
  }
  Deviation deviation() const { return {sum_ / count_, worst_}; }

 private:
  double sum_ = 0.0, worst_ = 0.0;
  int count_ = 0;
};

const search::EvalRow& judge(search::Evaluator& evaluator, const envs::State& position,
                             search::EvalBatch& batch) {
  batch.row(0).state->copy_from(position);
  evaluator.submit(batch, 1);
  evaluator.wait(batch);
  return batch.row(0);
}

}  // namespace

double policy_divergence(std::span<const float> p_logits, std::span<const float> q_logits,
                         std::span<const envs::Action> legal) {
  CHECK(p_logits.size() == q_logits.size());
  CHECK(!legal.empty());
  const double p_whole = log_partition(p_logits, legal), q_whole = log_partition(q_logits, legal);
  double sum = 0.0;
  for (const envs::Action action : legal) {
    const double log_p = p_logits[static_cast<size_t>(action)] - p_whole;
    const double log_q = q_logits[static_cast<size_t>(action)] - q_whole;
    sum += std::exp(log_p) * (log_p - log_q);
  }
  return std::max(sum, 0.0);  // rounding may leave a little less
}

PrecisionCost precision_cost(search::Evaluator& exact, search::Evaluator& reduced,
                             std::span<const std::unique_ptr<envs::State>> positions) {
  CHECK(!positions.empty());
  search::EvalBatch exact_batch(*positions[0], 1), reduced_batch(*positions[0], 1);
  Average kl, value, score;
  int same_best = 0;
  std::vector<envs::Action> legal;
  for (const auto& position : positions) {
    const search::EvalRow& a = judge(exact, *position, exact_batch);
    const search::EvalRow& b = judge(reduced, *position, reduced_batch);
    position->legal(legal);
    kl.add(policy_divergence(a.logits, b.logits, legal));
    value.add(std::abs(a.value - b.value));
    score.add(std::abs(a.score - b.score));
    same_best += likeliest(a.logits, legal) == likeliest(b.logits, legal);
  }
  const auto count = static_cast<int>(positions.size());
  return {count, kl.deviation(), value.deviation(), score.deviation(),
          static_cast<double>(same_best) / count};
}

}  // namespace tengen::agents
