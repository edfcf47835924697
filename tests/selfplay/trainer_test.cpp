// Training lowers its losses, and goes on from a saved state as if never stopped.
#include "selfplay/trainer.h"

#include <gtest/gtest.h>

#include <limits>

#include "agents/policy_value_net.h"
#include "envs/games.h"
#include "nn/base/check.h"
#include "search/stand_ins.h"
#include "selfplay/actor.h"

namespace tengen::selfplay {
namespace {

Replay tictactoe_replay(int games) {
  Replay replay({});
  search::UniformEvaluator evaluator;
  ActorOptions options;
  options.full_visits = 40;
  options.full_share = 0.5f;
  Actor actor(options, {}, 1, 0);
  int64_t positions = 0;
  int count = 0;
  actor.play(
      evaluator, 0,
      [&](GameRecord&& record) {
        positions += static_cast<int64_t>(record.moves.size());
        ++count;
        replay.add(std::move(record), positions);
      },
      [&] { return count >= games; });
  return replay;
}

agents::PolicyValueConfig tiny() {
  agents::PolicyValueConfig config;
  config.blocks = 1;
  config.channels = 8;
  config.pool_every = 1;
  config.pool_channels = 4;
  config.head_channels = 4;
  return agents::config_for(envs::new_game("tictactoe")->spec(), config);
}

TrainerOptions quick() {
  TrainerOptions options;
  options.batch = 32;
  options.warmup_steps = 5;
  options.learning_rate = 1e-2f;
  options.ownership_weight = 0.0f;
  return options;
}

class TrainerIn : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Precision, TrainerIn, testing::Bool(),
                         [](const auto& info) { return info.param ? "bfloat16" : "float32"; });

TEST_P(TrainerIn, LowersItsLosses) {
  const Replay replay = tictactoe_replay(10);  // few enough to be learnt by heart
  TrainerOptions options = quick();
  options.bfloat16 = GetParam();
  Trainer trainer(tiny(), options, 1);
  StepMeasures first{}, last{};
  for (int i = 0; i < 200; ++i) {
    const StepMeasures step = trainer.step(replay.sample(32, 1, static_cast<uint64_t>(i)));
    StepMeasures& into = i < 20 ? first : last;
    if (i < 20 || i >= 180) {
      into.policy_loss += step.policy_loss / 20;
      into.value_loss += step.value_loss / 20;
    }
  }
  EXPECT_LT(last.policy_loss, first.policy_loss * 0.8f);
  EXPECT_LT(last.value_loss, first.value_loss * 0.8f);
}

TEST(Trainer, NamesTheLossAndTheParameterThatBroke) {
  const Replay replay = tictactoe_replay(2);
  Trainer trainer(tiny(), quick(), 1);
  const std::string stem = "net.stem.conv.weight";
  std::vector<nn::NamedTensor> state = trainer.state();
  for (nn::NamedTensor& entry : state)
    if (entry.path == stem) entry.tensor.fill(std::numeric_limits<float>::quiet_NaN());
  trainer.load_state(state, 7);
  try {
    trainer.step(replay.sample(32, 1, 1));
    FAIL() << "learned from a broken network";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("step 7: loss term policy is nan"), std::string::npos) << text;
    EXPECT_NE(text.find("stem.conv.weight"), std::string::npos) << text;
  }
}

TEST(Trainer, GoesOnFromItsState) {
  const Replay replay = tictactoe_replay(50);
  Trainer straight(tiny(), quick(), 1), first(tiny(), quick(), 1), second(tiny(), quick(), 2);
  const auto run = [&](Trainer& trainer, int steps) {
    StepMeasures measures;
    for (int i = 0; i < steps; ++i)
      measures = trainer.step(replay.sample(32, 1, static_cast<uint64_t>(trainer.steps())));
    return measures.loss;
  };
  run(first, 5);
  second.load_state(first.state(), first.steps());
  EXPECT_NEAR(run(straight, 10), run(second, 5), 1e-5f);
}

}  // namespace
}  // namespace tengen::selfplay
