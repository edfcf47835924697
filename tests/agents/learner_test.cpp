// Learners on tasks whose best policy is known, and what a checkpoint promises.
#include "agents/learner.h"

#include <gtest/gtest.h>

#include <numeric>

#include "agents/dqn.h"
#include "agents/environment_batch.h"
#include "agents/ppo.h"
#include "envs/control/maze.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::agents {
namespace {

// Five cells in a row with the goal at the right: the best action is always "right".
envs::Maze corridor() { return envs::Maze("########\n#.....G#\n########\n"); }

std::unique_ptr<Learner> make(const std::string& method, const envs::Environment& task) {
  if (method == "ppo")
    return make_ppo(task,
                    {.horizon = 16, .batch_size = 64, .passes = 4, .hidden = 16, .rate = 0.01f}, 1);
  return make_dqn(task,
                  {.memory = 2000,
                   .first_steps = 200,
                   .steps_each_time = 64,
                   .batches_each_time = 32,
                   .batch_size = 32,
                   .target_interval = 32,
                   .hidden = 32,
                   .rate = 3e-3f,
                   .random_share = 0.5},
                  1);
}

double mean(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

class LearnerTest : public ::testing::TestWithParam<std::string> {};

TEST_P(LearnerTest, FindsTheShortestWay) {
  const envs::Maze task = corridor();
  const auto learner = make(GetParam(), task);
  while (learner->steps() < 6000) learner->learn(static_cast<double>(learner->steps()) / 6000);
  learner->policy().train(false);
  const nn::NoGrad no_grad;
  for (int cell = 9; cell <= 13; ++cell) {
    nn::Tensor seen({1, 24});
    seen.data()[cell] = 1;
    EXPECT_EQ(best_actions(learner->policy().forward(nn::Var(seen)).value())[0], 1) << cell;
  }
  // 1 to 5 steps, each as likely as the other: 1 - 0.01 * 3 in the mean.
  EXPECT_NEAR(mean(greedy_returns(learner->policy(), task, 400, 7)), 0.97, 0.003);
}

TEST_P(LearnerTest, GoesOnBitExactlyFromACheckpoint) {
  const nn::ScratchFolder folder;
  const std::string path = folder.path("learner.safetensors");
  const envs::Maze task = corridor();
  const auto first = make(GetParam(), task);
  for (int i = 0; i < 4; ++i) first->learn(0.1);
  nn::Checkpoint written;
  first->add_to(written);
  written.save(path);
  first->take_returns();

  const auto second = make(GetParam(), task);
  nn::Checkpoint read;
  second->add_to(read);
  read.load(path);
  EXPECT_EQ(first->steps(), second->steps());
  for (int i = 0; i < 4; ++i) {
    first->learn(0.2);
    second->learn(0.2);
  }
  const auto a = first->policy().state(), b = second->policy().state();
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_EQ(a[i].tensor.to_vector(), b[i].tensor.to_vector()) << a[i].path;
  const std::vector<double> returns = first->take_returns();
  EXPECT_FALSE(returns.empty());
  EXPECT_EQ(returns, second->take_returns());
}

INSTANTIATE_TEST_SUITE_P(Both, LearnerTest, ::testing::Values("ppo", "dqn"));

TEST(EnvironmentBatch, BeginsAnewWhereAnEpisodeIsOver) {
  EnvironmentBatch batch(corridor(), 3, 1);
  double ended = 0;
  for (int i = 0; i < 20; ++i) {
    const EnvironmentBatch::Step step = batch.step({1, 1, 1});
    for (int row = 0; row < 3; ++row) {
      ended += step.ended[row] ? 1 : 0;
      EXPECT_EQ(step.seen.data()[row * 24 + 14], step.ended[row] ? 1.0f : 0.0f);  // the goal
      EXPECT_EQ(batch.observations().data()[row * 24 + 14], 0.0f);
    }
  }
  EXPECT_GE(ended, 12);  // at most five steps each
  EXPECT_EQ(static_cast<double>(batch.take_returns().size()), ended);
  EXPECT_TRUE(batch.take_returns().empty());
}

TEST(BestActions, AreTheLargestOfEachRow) {
  const std::vector<float> scores{1, 3, 2, 5, -1, 0};
  EXPECT_EQ(best_actions(nn::Tensor({2, 3}, scores)), (std::vector<int>{1, 0}));
}

}  // namespace
}  // namespace tengen::agents
