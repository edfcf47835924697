#include "agents/net_evaluator.h"

#include <cmath>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/base/rng.h"

namespace tengen::agents {
namespace {

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

std::string board_text(const PolicyValueConfig& config) {
  return config.game + " with " + std::to_string(config.planes) + " planes" +
         (config.pass ? " and pass" : "");
}

std::shared_ptr<const nn::Plan> compile(PolicyValueNet& net, const envs::GameSpec& spec,
                                        bool with_ownership) {
  const PolicyValueConfig wanted = config_for(spec, net.config());
  const PolicyValueConfig& found = net.config();
  if (found.game != wanted.game || found.planes != wanted.planes || found.pass != wanted.pass) {
    throw Error("the network is for " + board_text(found) + ", but " + spec.name + " is " +
                board_text(wanted));
  }
  return std::make_shared<nn::Plan>(net.graph(spec.height, spec.width, with_ownership));
}

size_t plane_floats(const envs::GameSpec& spec) {
  return static_cast<size_t>(spec.height) * static_cast<size_t>(spec.width) *
         static_cast<size_t>(spec.planes);
}

}  // namespace

NetEvaluator::NetEvaluator(PolicyValueNet& net, const envs::GameSpec& spec, Symmetry symmetry)
    : spec_(spec), symmetry_(symmetry), evaluator_(compile(net, spec, false)) {}

void NetEvaluator::submit(search::EvalBatch& batch, int rows) {
  CHECK(rows <= batch.capacity());
  if (buffers_.size() < static_cast<size_t>(rows)) buffers_.resize(static_cast<size_t>(rows));
  const auto prepare = [&](int64_t i) {
    RowBuffer& buffer = buffers_[static_cast<size_t>(i)];
    encode(*batch.row(static_cast<int>(i)).state, buffer);
    return nn::BatchRow{{buffer.planes.data()},
                        {buffer.policy.data(), &buffer.value, &buffer.score}};
  };
  const auto finish = [&](int64_t i) {
    decode(buffers_[static_cast<size_t>(i)], batch.row(static_cast<int>(i)));
  };
  evaluator_.run(rows, prepare, finish);
}

void NetEvaluator::wait(search::EvalBatch&) {}  // submit did all the work

int NetEvaluator::preferred_rows() const { return worker_count(); }

void NetEvaluator::replace(PolicyValueNet& net) { evaluator_.replace(compile(net, spec_, false)); }

void NetEvaluator::encode(const envs::State& state, RowBuffer& buffer) const {
  buffer.planes.resize(plane_floats(spec_));
  buffer.policy.resize(static_cast<size_t>(spec_.actions));
  buffer.symmetry = 0;
  if (symmetry_ == Symmetry::kHashed) {
    buffer.symmetry = static_cast<int>(mix64(state.key()) % spec_.symmetries.size());
  }
  state.encode(buffer.symmetry, buffer.planes.data());
}

// The network saw the image, so the logit of an action stands where the action's image is.
void NetEvaluator::decode(const RowBuffer& buffer, search::EvalRow& row) const {
  const std::vector<envs::Action>& image = spec_.symmetries[static_cast<size_t>(buffer.symmetry)];
  row.logits.resize(buffer.policy.size());
  for (size_t action = 0; action < image.size(); ++action) {
    row.logits[action] = buffer.policy[static_cast<size_t>(image[action])];
  }
  row.value = 2.0f * sigmoid(buffer.value) - 1.0f;
  row.score = buffer.score * kScoreUnit;
}

OwnershipEvaluator::OwnershipEvaluator(PolicyValueNet& net, const envs::GameSpec& spec)
    : spec_(spec), plan_(compile(net, spec, true)) {}

std::vector<float> OwnershipEvaluator::evaluate(const envs::State& state) const {
  CHECK(state.spec().name == spec_.name);
  const size_t points = static_cast<size_t>(spec_.height) * static_cast<size_t>(spec_.width);
  std::vector<float> planes(plane_floats(spec_)), policy(static_cast<size_t>(spec_.actions));
  std::vector<float> logits(points), mean(points, 0.0f);
  float value = 0.0f, score = 0.0f;
  const float sign = state.to_play() == envs::Player::kFirst ? 1.0f : -1.0f;
  const float part = sign / static_cast<float>(spec_.symmetries.size());
  const auto workspace = plan_->make_workspace();
  for (size_t s = 0; s < spec_.symmetries.size(); ++s) {
    state.encode(static_cast<int>(s), planes.data());
    const float* inputs[] = {planes.data()};
    float* outputs[] = {policy.data(), &value, &score, logits.data()};
    plan_->run(inputs, outputs, *workspace);
    for (size_t point = 0; point < points; ++point) {
      const auto image = static_cast<size_t>(spec_.symmetries[s][point]);
      mean[point] += part * (2.0f * sigmoid(logits[image]) - 1.0f);
    }
  }
  return mean;
}

}  // namespace tengen::agents
