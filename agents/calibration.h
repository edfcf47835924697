// Networks compiled for a board. What is to run in int16 is calibrated on positions of games that
// the network itself plays.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "agents/policy_games.h"
#include "agents/policy_value_net.h"
#include "nn/infer/batch_graph.h"
#include "nn/infer/plan.h"

namespace tengen::agents {

// The planes [H,W,planes] of positions, each under one of the game's symmetries.
using Calibration = std::vector<std::vector<float>>;

// Positions that `net` meets when it plays by its raw policy, in float32. Of the order of fifty
// milliseconds on 9x9.
Calibration calibrate(PolicyValueNet& net, const envs::GameSpec& spec,
                      const PositionSampling& sampling = {});

// The same where the precision has scales to choose, which is int16 alone; else empty.
Calibration calibration_for(nn::PlanPrecision precision, PolicyValueNet& net,
                            const envs::GameSpec& spec);

// For the board of `spec`, with policy, value and score as outputs. An Error if the network is for
// another game. `calibration` as calibration_for makes it.
std::shared_ptr<const nn::Plan> compile(PolicyValueNet& net, const envs::GameSpec& spec,
                                        nn::PlanPrecision precision,
                                        const Calibration& calibration);
// The same outputs for a device that runs whole batches.
nn::BatchGraph batch_graph(PolicyValueNet& net, const envs::GameSpec& spec);
// In float32, and with ownership as the fourth output.
std::shared_ptr<const nn::Plan> compile_with_ownership(PolicyValueNet& net,
                                                       const envs::GameSpec& spec);

// The plans of one network by board size: each is compiled, and calibrated where its precision
// asks for it, when a game on that board first begins.
class NetPlans {
 public:
  using PrecisionFor = std::function<nn::PlanPrecision(const envs::GameSpec& spec)>;
  NetPlans(std::shared_ptr<PolicyValueNet> net, PrecisionFor precision_for);

  std::shared_ptr<const nn::Plan> plan(const envs::GameSpec& spec);

 private:
  std::shared_ptr<PolicyValueNet> net_;
  PrecisionFor precision_for_;
  std::mutex mutex_;  // guards plans_ and compiling
  std::map<std::pair<int, int>, std::shared_ptr<const nn::Plan>> plans_;  // by height and width
};

}  // namespace tengen::agents
