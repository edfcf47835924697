#include "tools/demos/reward_history.h"

#include <algorithm>
#include <numeric>

#include "tools/pictures/chart.h"

namespace tengen::tools {

RewardHistory::RewardHistory(int64_t epochs, int64_t epoch_steps)
    : epoch_steps_(epoch_steps), rows_({epochs, kColumns}) {}

void RewardHistory::add_tried(int64_t epoch, const std::vector<double>& rewards) {
  row(epoch)[kSum] += static_cast<float>(std::accumulate(rewards.begin(), rewards.end(), 0.0));
  row(epoch)[kCount] += static_cast<float>(rewards.size());
}

void RewardHistory::set_earnest(int64_t epoch, double reward) {
  row(epoch)[kEarnest] = static_cast<float>(reward);
}

double RewardHistory::tried(int64_t epoch) const {
  return row(epoch)[kSum] / std::max(1.0f, row(epoch)[kCount]);
}

nn::Tensor RewardHistory::chart(const std::string& title) const {
  Curve trying{"while learning", {}, {}}, earnest{"best action always", {}, {}};
  for (int64_t epoch = 0; epoch < rows_.shape()[0]; ++epoch) {
    const auto steps = static_cast<double>((epoch + 1) * epoch_steps_);
    if (row(epoch)[kCount] > 0) {
      trying.x.push_back(steps);
      trying.y.push_back(tried(epoch));
    }
    earnest.x.push_back(steps);
    earnest.y.push_back(row(epoch)[kEarnest]);
  }
  return line_chart({trying, earnest},
                    {.title = title, .x_label = "steps", .y_label = "reward of an episode"});
}

void RewardHistory::load_state(const std::vector<nn::NamedTensor>& entries) {
  nn::load_entries(state(), entries);
}

}  // namespace tengen::tools
