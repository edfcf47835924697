#include "selfplay/trainer.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "nn/ops.h"
#include "nn/precision.h"
#include "nn/tensor_math.h"
#include "nn/training/checkpoint.h"
#include "nn/training/finite.h"

namespace tengen::selfplay {
namespace {

constexpr float kHuberDelta = 0.5f;  // in units of kScoreUnit points

int argmax(const float* row, int64_t n) {
  return static_cast<int>(std::max_element(row, row + n) - row);
}

// The loss is a sum over rows with a policy target, divided by all rows: this makes it their mean.
// Bounded, so that a lone row does not drive a whole step.
float policy_row_factor(const TrainingBatch& batch) {
  float weight = 0.0f;
  for (const float w : batch.policy_weight.values()) weight += w;
  return weight == 0.0f ? 0.0f : std::min(3.0f, static_cast<float>(batch.rows()) / weight);
}

// Among the rows that have a policy target.
float policy_accuracy(const nn::Tensor& logits, const TrainingBatch& batch) {
  const int64_t actions = logits.shape()[1];
  int right = 0, rows = 0;
  for (int i = 0; i < batch.rows(); ++i) {
    if (batch.policy_weight.data()[i] == 0.0f) continue;
    ++rows;
    right += argmax(logits.data() + i * actions, actions) ==
             argmax(batch.policy.data() + i * actions, actions);
  }
  return rows == 0 ? 0.0f : static_cast<float>(right) / static_cast<float>(rows);
}

// Among the rows whose target has a winner.
float value_accuracy(const nn::Tensor& logits, const TrainingBatch& batch) {
  int right = 0, rows = 0;
  for (int i = 0; i < batch.rows(); ++i) {
    const float target = batch.value.data()[i];
    if (std::abs(target - 0.5f) < 0.2f) continue;
    ++rows;
    right += (logits.data()[i] > 0.0f) == (target > 0.5f);
  }
  return rows == 0 ? 0.0f : static_cast<float>(right) / static_cast<float>(rows);
}

constexpr const char* kNet = "net.";
constexpr const char* kAverage = "average.";
constexpr const char* kOptimizer = "optimizer.";

}  // namespace

Trainer::Trainer(const agents::PolicyValueConfig& config, const TrainerOptions& options,
                 uint64_t seed, nn::Device& device)
    : options_(options),
      device_(device),
      schedule_(nn::with_warmup(
          nn::cosine_rate(options.learning_rate, std::max<int64_t>(1, options.decay_steps),
                          options.final_rate_share),
          options.warmup_steps)),
      net_(config, seed),
      average_(config, seed) {
  net_.to(device);
  average_.to(device);
  optimizer_ = nn::make_adamw(net_.parameters(), {.weight_decay = options.weight_decay});
  average_.load_state(net_.state());
  net_.train(true);
  average_.train(false);
}

float Trainer::learning_rate() const { return schedule_(steps_); }

StepMeasures Trainer::step(const TrainingBatch& given) {
  const TrainingBatch batch = given.to(device_);
  const nn::ProductPrecision products(options_.bfloat16 ? nn::Precision::kBfloat16
                                                        : nn::Precision::kFloat32);
  optimizer_->zero_grad();
  const agents::PolicyValueOutput out = net_.forward(nn::Var(batch.planes));
  const nn::Var policy = nn::scale(nn::cross_entropy(out.policy, batch.policy, batch.policy_weight),
                                   policy_row_factor(given));
  const nn::Var value = nn::binary_cross_entropy_with_logits(out.value, batch.value, {});
  const nn::Var score = nn::huber_loss(out.score, batch.score, kHuberDelta, {});
  const nn::Var ownership =
      nn::binary_cross_entropy_with_logits(out.ownership, batch.ownership, {});
  nn::Var loss = nn::scale(policy, options_.policy_weight);
  loss = nn::add(loss, nn::scale(value, options_.value_weight));
  loss = nn::add(loss, nn::scale(score, options_.score_weight));
  loss = nn::add(loss, nn::scale(ownership, options_.ownership_weight));

  nn::check_losses(steps_,
                   {{"policy", policy},
                    {"value", value},
                    {"score", score},
                    {"ownership", ownership},
                    {"total", loss}},
                   net_);
  StepMeasures measures;
  measures.loss = loss.value().item();
  measures.policy_loss = policy.value().item();
  measures.value_loss = value.value().item();
  measures.score_loss = score.value().item();
  measures.ownership_loss = ownership.value().item();
  measures.policy_accuracy = policy_accuracy(out.policy.value().to(nn::cpu_device()), given);
  measures.value_accuracy = value_accuracy(out.value.value().to(nn::cpu_device()), given);
  nn::backward(loss);
  measures.gradient_norm = optimizer_->clip_gradient(options_.clip);
  optimizer_->step(learning_rate());
  ++steps_;
  follow();
  return measures;
}

void Trainer::follow() {
  // Young averages forget their random beginning faster.
  const float decay = std::min(options_.average_decay,
                               static_cast<float>(steps_) / static_cast<float>(steps_ + 10));
  const auto from = net_.state();
  auto to = average_.state();
  for (size_t i = 0; i < to.size(); ++i) {
    nn::Tensor& average = to[i].tensor;
    const nn::Tensor way = nn::binary(nn::Binary::kSubtract, from[i].tensor, average);
    device_.axpy(average.size(), 1.0f - decay, way.data(), average.data());
  }
}

std::vector<nn::NamedTensor> Trainer::state() const {
  auto all = nn::with_prefix(kNet, net_.state());
  for (auto& entry : nn::with_prefix(kAverage, average_.state())) all.push_back(entry);
  for (auto& entry : nn::with_prefix(kOptimizer, optimizer_->state())) all.push_back(entry);
  return all;
}

void Trainer::load_state(const std::vector<nn::NamedTensor>& entries, int64_t steps) {
  net_.load_state(nn::without_prefix(kNet, entries));
  average_.load_state(nn::without_prefix(kAverage, entries));
  optimizer_->load_state(nn::without_prefix(kOptimizer, entries));
  steps_ = steps;
}

}  // namespace tengen::selfplay
