#include "agents/calibration.h"

#include "agents/net_evaluator.h"
#include "envs/games.h"
#include "nn/base/check.h"
#include "nn/base/rng.h"

namespace tengen::agents {
namespace {

std::string board_text(const PolicyValueConfig& config) {
  return config.game + " with " + std::to_string(config.planes) + " planes" +
         (config.pass ? " and pass" : "");
}

void check_game(const PolicyValueConfig& found, const envs::GameSpec& spec) {
  const PolicyValueConfig wanted = config_for(spec, found);
  if (found.game != wanted.game || found.planes != wanted.planes || found.pass != wanted.pass) {
    throw Error("the network is for " + board_text(found) + ", but " + spec.name + " is " +
                board_text(wanted));
  }
}

std::shared_ptr<const nn::Plan> compile(PolicyValueNet& net, const envs::GameSpec& spec,
                                        bool with_ownership, const nn::PlanOptions& options) {
  check_game(net.config(), spec);
  return std::make_shared<nn::Plan>(net.graph(spec.height, spec.width, with_ownership), options);
}

}  // namespace

Calibration calibrate(PolicyValueNet& net, const envs::GameSpec& spec,
                      const PositionSampling& sampling) {
  NetEvaluator evaluator(compile(net, spec, nn::PlanPrecision::kFloat32, {}), spec,
                         Symmetry::kNone);
  const auto start = envs::new_game(spec.name);
  Calibration calibration;
  for (const auto& position : sample_positions(evaluator, *start, sampling)) {
    calibration.push_back(encoded(*position, hashed_symmetry(*position)));
  }
  return calibration;
}

Calibration calibration_for(nn::PlanPrecision precision, PolicyValueNet& net,
                            const envs::GameSpec& spec) {
  if (precision != nn::PlanPrecision::kInt16) return {};
  return calibrate(net, spec);
}

std::shared_ptr<const nn::Plan> compile(PolicyValueNet& net, const envs::GameSpec& spec,
                                        nn::PlanPrecision precision,
                                        const Calibration& calibration) {
  nn::PlanOptions options{.precision = precision, .calibration = {}};
  for (const std::vector<float>& planes : calibration)
    options.calibration.push_back({planes.data()});
  return compile(net, spec, /*with_ownership=*/false, options);
}

nn::BatchGraph batch_graph(PolicyValueNet& net, const envs::GameSpec& spec) {
  check_game(net.config(), spec);
  return nn::BatchGraph([&](int64_t rows) {
    return net.graph(spec.height, spec.width, /*with_ownership=*/false, static_cast<int>(rows));
  });
}

std::shared_ptr<const nn::Plan> compile_with_ownership(PolicyValueNet& net,
                                                       const envs::GameSpec& spec) {
  return compile(net, spec, /*with_ownership=*/true, {});
}

NetPlans::NetPlans(std::shared_ptr<PolicyValueNet> net, PrecisionFor precision_for)
    : net_(std::move(net)), precision_for_(std::move(precision_for)) {}

std::shared_ptr<const nn::Plan> NetPlans::plan(const envs::GameSpec& spec) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const nn::Plan>& plan = plans_[{spec.height, spec.width}];
  if (plan == nullptr) {
    check_game(net_->config(), spec);
    const nn::PlanPrecision precision = precision_for_(spec);
    plan = compile(*net_, spec, precision, calibration_for(precision, *net_, spec));
  }
  return plan;
}

}  // namespace tengen::agents
