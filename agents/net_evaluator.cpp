#include "agents/net_evaluator.h"

#include <cmath>
#include <utility>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/base/rng.h"
#include "nn/infer/batch_evaluator.h"
#include "nn/infer/device_runner.h"

namespace tengen::agents {
namespace {

size_t plane_floats(const envs::GameSpec& spec) {
  return static_cast<size_t>(spec.height) * static_cast<size_t>(spec.width) *
         static_cast<size_t>(spec.planes);
}

float value_of_logit(float logit) { return 2.0f / (1.0f + std::exp(-logit)) - 1.0f; }

}  // namespace

int hashed_symmetry(const envs::State& state) {
  return static_cast<int>(mix64(state.key()) % state.spec().symmetries.size());
}

std::vector<float> encoded(const envs::State& state, int symmetry) {
  std::vector<float> planes(plane_floats(state.spec()));
  state.encode(symmetry, planes.data());
  return planes;
}

// What a batch leaves here between submit and wait.
struct NetEvaluator::Flight {
  const search::EvalBatch* batch = nullptr;  // null: free for the next submit
  std::vector<RowBuffer> buffers;
  std::unique_ptr<nn::BatchRunner::UnderWay> under_way;
};

NetEvaluator::NetEvaluator(PolicyValueNet& net, const envs::GameSpec& spec, Symmetry symmetry,
                           nn::PlanPrecision precision)
    : spec_(spec),
      symmetry_(symmetry),
      wanted_(precision),
      calibration_(calibration_for(precision, net, spec)),
      runner_(std::make_unique<nn::BatchEvaluator>(compile(net, spec, precision, calibration_))),
      on_cpu_(static_cast<nn::BatchEvaluator*>(runner_.get())) {}

NetEvaluator::NetEvaluator(PolicyValueNet& net, const envs::GameSpec& spec,
                           const DeviceEvaluation& where)
    : spec_(spec),
      symmetry_(where.symmetry),
      wanted_(where.precision.value_or(nn::PlanPrecision::kFloat32)),
      calibration_(nn::all_on_cpu(where.devices) ? calibration_for(wanted_, net, spec)
                                                 : Calibration{}),
      runner_(runner_on(where, net, spec)),
      on_cpu_(dynamic_cast<nn::BatchEvaluator*>(runner_.get())) {}

NetEvaluator::NetEvaluator(std::shared_ptr<const nn::Plan> plan, const envs::GameSpec& spec,
                           Symmetry symmetry)
    : spec_(spec),
      symmetry_(symmetry),
      wanted_(plan->precision()),
      runner_(std::make_unique<nn::BatchEvaluator>(plan)),
      on_cpu_(static_cast<nn::BatchEvaluator*>(runner_.get())) {
  CHECK(plan->input_shapes()[0] == nn::Shape({1, spec.height, spec.width, spec.planes}));
}

NetEvaluator::~NetEvaluator() = default;

// The CPU's own plans where it is alone, for they may be calibrated.
std::unique_ptr<nn::BatchRunner> NetEvaluator::runner_on(const DeviceEvaluation& where,
                                                         PolicyValueNet& net,
                                                         const envs::GameSpec& spec) const {
  if (nn::all_on_cpu(where.devices))
    return std::make_unique<nn::BatchEvaluator>(compile(net, spec, wanted_, calibration_));
  return nn::make_device_runner(where.devices, batch_graph(net, spec),
                                {.precision = where.precision, .most_rows = where.most_rows});
}

void NetEvaluator::submit(search::EvalBatch& batch, int rows) {
  CHECK(rows <= batch.capacity());
  Flight* const unawaited = find_flight(&batch);
  Flight& flight = unawaited ? *unawaited : free_flight();
  flight.under_way.reset();
  if (flight.buffers.size() < static_cast<size_t>(rows))
    flight.buffers.resize(static_cast<size_t>(rows));
  nn::BatchJob job;
  job.rows = rows;
  job.prepare = [&](int64_t i) {
    RowBuffer& buffer = flight.buffers[static_cast<size_t>(i)];
    encode(*batch.row(static_cast<int>(i)).state, buffer);
    return nn::BatchRow{{buffer.planes.data()},
                        {buffer.policy.data(), &buffer.value, &buffer.score}};
  };
  job.finish = [&](int64_t i) {
    decode(flight.buffers[static_cast<size_t>(i)], batch.row(static_cast<int>(i)));
  };
  flight.under_way = runner_->start(std::move(job));
  flight.batch = &batch;
}

void NetEvaluator::wait(search::EvalBatch& batch) {
  Flight* const flight = find_flight(&batch);
  CHECK(flight != nullptr);
  flight->batch = nullptr;  // whatever wait throws
  std::exchange(flight->under_way, nullptr)->wait();
}

// A batch's own, or for null a free one, if there is one.
NetEvaluator::Flight* NetEvaluator::find_flight(const search::EvalBatch* batch) {
  for (const auto& flight : flights_)
    if (flight->batch == batch) return flight.get();
  return nullptr;
}

NetEvaluator::Flight& NetEvaluator::free_flight() {
  Flight* const free = find_flight(nullptr);
  return free ? *free : *flights_.emplace_back(std::make_unique<Flight>());
}

int NetEvaluator::preferred_rows() const { return static_cast<int>(runner_->preferred_rows()); }

// On the CPU the workers that would select are those that judge.
int NetEvaluator::batches_under_way() const { return on_cpu_ ? 1 : 2; }

void NetEvaluator::replace(PolicyValueNet& net) {
  if (!on_cpu_) return runner_->replace(batch_graph(net, spec_));
  CHECK((wanted_ != nn::PlanPrecision::kInt16 || !calibration_.empty()));
  on_cpu_->replace(compile(net, spec_, wanted_, calibration_));
}

nn::PlanPrecision NetEvaluator::precision() const { return runner_->precision(); }

void NetEvaluator::encode(const envs::State& state, RowBuffer& buffer) const {
  buffer.planes.resize(plane_floats(spec_));
  buffer.policy.resize(static_cast<size_t>(spec_.actions));
  buffer.symmetry = 0;
  if (symmetry_ == Symmetry::kHashed) buffer.symmetry = hashed_symmetry(state);
  state.encode(buffer.symmetry, buffer.planes.data());
}

// The network saw the image, so the logit of an action stands where the action's image is.
void NetEvaluator::decode(const RowBuffer& buffer, search::EvalRow& row) const {
  const std::vector<envs::Action>& image = spec_.symmetries[static_cast<size_t>(buffer.symmetry)];
  row.logits.resize(buffer.policy.size());
  for (size_t action = 0; action < image.size(); ++action) {
    row.logits[action] = buffer.policy[static_cast<size_t>(image[action])];
  }
  row.value = value_of_logit(buffer.value);
  row.score = buffer.score * kScoreUnit;
}

OwnershipEvaluator::OwnershipEvaluator(PolicyValueNet& net, const envs::GameSpec& spec)
    : spec_(spec), plan_(compile_with_ownership(net, spec)) {}

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
      mean[point] += part * value_of_logit(logits[image]);
    }
  }
  return mean;
}

}  // namespace tengen::agents
