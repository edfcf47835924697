// `tengen demo rl`: agents learn by trying. A pole is kept upright on a cart (Barto, Sutton and
// Anderson 1983) and a way is found out of a maze, by PPO (Schulman et al. 2017) or by DQN (Mnih et
// al. 2015); the agents are in agents/ppo.cpp and agents/dqn.cpp.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <sstream>

#include "agents/dqn.h"
#include "agents/ppo.h"
#include "nn/base/check.h"
#include "nn/ops.h"
#include "nn/training/early_stopping.h"
#include "nn/training/progress.h"
#include "tools/demos/demo.h"
#include "tools/demos/demo_run.h"
#include "tools/demos/maze_policy.h"
#include "tools/demos/reward_history.h"

namespace tengen::tools {
namespace {

using namespace nn;  // NOLINT: the page is about nothing else

constexpr int64_t kEpochSteps = 4096;  // of all environments, between two looks at the policy
constexpr int64_t kLookEpisodes = 50;
constexpr uint64_t kLookSeed = 1'000'000, kTestSeed = 2'000'000;  // of chances unlike training's

std::string task_of(const std::string& recipe) { return recipe.substr(0, recipe.find('-')); }

std::unique_ptr<agents::Learner> make_learner(const envs::Environment& environment,
                                              const std::string& recipe, uint64_t seed) {
  if (recipe == "cartpole-ppo") return agents::make_ppo(environment, {}, seed);
  if (recipe == "maze-ppo")
    return agents::make_ppo(environment,
                            {.rate = 3e-3f, .discount = 0.99f, .entropy_weight = 0.01f}, seed);
  return agents::make_dqn(environment, {}, seed);
}

// "0.1,0,0.02,0" as the numbers that are seen; in the maze "3,1", row and column.
Tensor parse_observation(const envs::Environment& environment, const std::string& text) {
  const std::vector<std::string>& names = environment.spec().observations;
  std::vector<float> numbers;
  std::istringstream in(text);
  for (float number = 0; in >> number && std::isfinite(number); in.ignore(1, ','))
    numbers.push_back(number);
  const auto* maze = dynamic_cast<const envs::Maze*>(&environment);
  if (maze && in.eof() && numbers.size() == 2) {
    const int cell = static_cast<int>(numbers[0]) * maze->width() + static_cast<int>(numbers[1]);
    numbers.assign(names.size(), 0.0f);
    if (0 <= cell && cell < static_cast<int>(names.size())) numbers[cell] = 1.0f;
  }
  if (!in.eof() || numbers.size() != names.size())
    throw Error("\"" + text + "\": " + std::to_string(maze ? 2 : names.size()) +
                " numbers with commas between them are asked for");
  return {{static_cast<int64_t>(numbers.size())}, numbers};
}

double mean_of(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

// Epochs of acting and learning, with a look at the policy after each; the best stays. What a
// checkpoint keeps goes on bit-exactly.
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

  void run() {
    Progress progress(options_.recipe, epochs_ - epoch_);
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
  }

  double seconds() const { return static_cast<double>(milliseconds_) / 1e3; }
  Tensor chart() const { return rewards_.chart(options_.recipe + ": the reward of an episode"); }

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
      throw FitStopped();
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
  EarlyStopping best_;
  RewardHistory rewards_;
  Checkpoint checkpoint_;
  int64_t epoch_ = 0, milliseconds_ = 0;
};

// How many of the ways out of the maze are shortest ones, which a search knows.
Figure test_in_maze(DemoRun& run, Layer& policy) {
  const envs::Maze maze;
  const std::vector<int> actions = policy_in(maze, policy);
  const std::vector<bool> shortest = shortest_ways(maze, actions);
  if (run.pictures()) run.picture("maze", maze_picture(maze, actions));
  const auto cells = std::count_if(actions.begin(), actions.end(), [](int a) { return a >= 0; });
  const auto right = std::count(shortest.begin(), shortest.end(), true);
  return {"shortest ways", 100.0 * static_cast<double>(right) / static_cast<double>(cells), "%"};
}

Figures run_rl(const DemoOptions& options) {
  if (!options.data.empty())
    throw Error("rl: --data " + options.data + ": it learns by trying and takes no data");
  DemoRun run("rl", options);
  fmt::print("Data: none; the agent learns from what it tries itself.\n");
  const auto environment = envs::new_environment(task_of(options.recipe));
  const auto learner = make_learner(*environment, options.recipe, options.seed);
  Training training(run, options, *environment, *learner, options.epochs > 0 ? options.epochs : 24);
  training.run();

  const std::vector<double> returns =
      agents::greedy_returns(learner->policy(), *environment, 100, kTestSeed + options.seed);
  const auto [least, greatest] = std::minmax_element(returns.begin(), returns.end());
  fmt::print("Mean reward of 100 new episodes: {:.2f}, from {:.2f} to {:.2f}.\n", mean_of(returns),
             *least, *greatest);
  Figures figures{{"mean reward of 100 episodes", mean_of(returns), ""}};
  if (run.pictures()) run.picture("reward", training.chart());
  if (environment->spec().name == "maze") figures.push_back(test_in_maze(run, learner->policy()));
  figures.push_back({"training time", training.seconds(), "s"});
  run.save(learner->policy(), {{"recipe", options.recipe}});
  run.finish();
  return figures;
}

Served serve_rl(const TrainedNet& file) {
  const std::string recipe = file.text("recipe");
  const std::shared_ptr<envs::Environment> environment = envs::new_environment(task_of(recipe));
  const std::shared_ptr<agents::Learner> learner = make_learner(*environment, recipe, 1);
  const std::shared_ptr<Layer> net(learner, &learner->policy());
  load_into(*net, file);
  net->train(false);
  const auto count = static_cast<int64_t>(environment->spec().observations.size());
  return {.net = net,
          .forward = [net](const auto& in) { return std::vector{net->forward(in[0])}; },
          .input_shapes = {{1, count}},
          .answer =
              [=](const std::string& input) {
                const NoGrad no_grad;
                const Tensor seen = parse_observation(*environment, input);
                const Tensor scores = net->forward(Var(seen.reshape({1, count}))).value();
                return environment->spec().actions[agents::best_actions(scores)[0]];
              },
          .input_help = environment->spec().name == "maze"
                            ? "a cell as ROW,COLUMN, from 0"
                            : "what is seen: place,speed,angle,turning, as 0.1,0,0.02,0"};
}

}  // namespace

Demo rl_demo() {
  return {.name = "rl",
          .about = "Agents learn to balance a pole and to leave a maze, by trying",
          .data_help = "None: agents learn from what they try themselves",
          .recipes = {{"cartpole-ppo", "the pole, by proximal policy optimisation"},
                      {"cartpole-dqn", "the pole, by deep Q-learning"},
                      {"maze-dqn", "the maze, by deep Q-learning"},
                      {"maze-ppo", "the maze, by proximal policy optimisation"}},
          .bench = {"cartpole-ppo", "cartpole-dqn", "maze-dqn", "maze-ppo"},
          .run = run_rl,
          .serve = serve_rl};
}

}  // namespace tengen::tools
