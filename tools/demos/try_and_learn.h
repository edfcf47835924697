// The loop of a learner that tries things out: acting and learning, a look at the policy after
// every epoch, the best policy kept, logs, and a checkpoint from which the same call goes on
// bit-exactly.
#pragma once

#include "agents/learner.h"
#include "tools/demos/demo_run.h"

namespace tengen::tools {

constexpr int64_t kEpochSteps = 4096;  // of all environments together

struct Tried {
  nn::Tensor chart;      // rewards over the steps
  double seconds = 0.0;  // of acting and learning; looks not counted
};

// Leaves the policy in evaluation with the weights that did best when looked at. Throws
// nn::FitStopped when the user stopped it, after the checkpoint is written.
Tried try_and_learn(DemoRun& run, const DemoOptions& options, const envs::Environment& environment,
                    agents::Learner& learner, int64_t epochs);

double mean_of(const std::vector<double>& numbers);  // at least one

}  // namespace tengen::tools
