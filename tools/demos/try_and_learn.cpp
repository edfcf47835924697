#include "tools/demos/try_and_learn.h"

#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <numeric>

#include "nn/training/early_stopping.h"
#include "nn/training/progress.h"
#include "tools/demos/reward_history.h"

namespace tengen::tools {
namespace {

constexpr int64_t kLookEpisodes = 50;
constexpr uint64_t kLookSeed = 1'000'000;  // of chances unlike the training's

class Training {
 public:
  Training(DemoRun& run, const DemoOptions& options, const envs::Environment& environment,
           agents::Learner& learner, int64_t epochs)
      : run_(run),
        options_(options),
        environment_(environment),
        learner_(learner),
        epochs_(epochs),
        path_(run.file(options.recipe + kCheckpointEnding)),
        best_(learner.policy()),
        rewards_(epochs, kEpochSteps) {
    learner.add_to(checkpoint_);
    checkpoint_.add("best", best_).add("rewards", rewards_).add("epoch", epoch_);
    checkpoint_.add("milliseconds", milliseconds_);
    if (std::filesystem::exists(path_)) checkpoint_.load(path_);
  }

  Tried run() {
    nn::Progress progress(options_.recipe, epochs_ - epoch_);
    for (; epoch_ < epochs_; ++epoch_) {
      learn_one_epoch();
      const double earnest = look();
      progress.note(fmt::format("{} epoch {}/{}: reward {:.2f} while learning, {:.2f} in earnest",
                                options_.recipe, epoch_ + 1, epochs_, rewards_.tried(epoch_),
                                earnest));
      progress.step();
    }
    progress.finish();
    checkpoint_.save(path_);
    best_.restore();
    learner_.policy().train(false);
    return {rewards_.chart(options_.recipe + ": the reward of an episode"),
            static_cast<double>(milliseconds_) / 1e3};
  }

 private:
  void learn_one_epoch() {
    using Clock = std::chrono::steady_clock;
    const auto all_steps = static_cast<double>(epochs_ * kEpochSteps);
    while (learner_.steps() < (epoch_ + 1) * kEpochSteps) {
      const auto begin = Clock::now();
      learner_.learn(static_cast<double>(learner_.steps()) / all_steps);
      rewards_.add_tried(epoch_, learner_.take_returns());
      milliseconds_ +=
          std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
      if (!options_.stop || !*options_.stop) continue;
      checkpoint_.save(path_);
      throw nn::FitStopped();
    }
  }

  // The mean reward of some episodes of the policy as it is.
  double look() {
    learner_.policy().train(false);
    const double reward =
        mean_of(agents::greedy_returns(learner_.policy(), environment_, kLookEpisodes, kLookSeed));
    learner_.policy().train();
    best_.update(static_cast<float>(-reward));
    rewards_.set_earnest(epoch_, reward);
    run_.log().scalar("reward/learning", learner_.steps(), rewards_.tried(epoch_));
    run_.log().scalar("reward/earnest", learner_.steps(), reward);
    return reward;
  }

  DemoRun& run_;
  const DemoOptions& options_;
  const envs::Environment& environment_;
  agents::Learner& learner_;
  const int64_t epochs_;
  const std::string path_;
  nn::EarlyStopping best_;
  RewardHistory rewards_;
  nn::Checkpoint checkpoint_;
  int64_t epoch_ = 0, milliseconds_ = 0;
};

}  // namespace

Tried try_and_learn(DemoRun& run, const DemoOptions& options, const envs::Environment& environment,
                    agents::Learner& learner, int64_t epochs) {
  return Training(run, options, environment, learner, epochs).run();
}

double mean_of(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

}  // namespace tengen::tools
